"""What the document says of its own pages is what their function answers."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from api.docs import Pages, build
from api.page_folder import FOLDER, INDEX
from api.routes import PAGES, Route
from infra.openapi.document import document
from infra.openapi.pages import pages_of
from infra.settings import load
from tests.requests import get
from tests.telemetry import CONTEXT, Told

DEV = load(stage="dev", environ={})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stage's pages, as they are in the bundle."""
    folder = tmp_path_factory.mktemp("bundle")
    (folder / FOLDER).mkdir()
    for name, content in pages_of(DEV).items():
        (folder / name).write_bytes(content)
    return folder / FOLDER


def asked(folder: Path, route: Route, *, value: str, headers: dict[str, str]) -> dict[str, Any]:
    """The answer to a request of a page; `value` is that of the path's parameter, if it has one."""
    _, _, parameter = route.path.partition("{")
    path = {parameter.rstrip("}"): value} if parameter else None
    request = get(route.path, headers=headers)
    request |= {"pathParameters": path, "httpMethod": route.method}
    return build(pages=Pages(folder), telemetry=Told().telemetry)(request, CONTEXT)


def values(folder: Path, route: Route) -> list[str]:
    """What stands in the place of the path's parameter, of each page of the route."""
    paths = json.loads((folder / INDEX).read_text())
    fixed = route.path.partition("{")[0]
    if fixed == route.path:
        return [""]
    return [path.removeprefix(fixed) for path in paths if path.startswith(fixed)]


@pytest.mark.parametrize("route", PAGES, ids=lambda route: f"{route.method} {route.path}")
def test_a_page_is_answered_as_the_document_says(folder: Path, route: Route) -> None:
    described_of = document(DEV)["paths"][route.path]
    responses = described_of[route.method.lower()]["responses"]
    found = [
        asked(folder, route, value=value, headers={"Accept": accept})
        for value in values(folder, route)
        for accept in ("text/html", "*/*")
    ]
    media_types = {one["headers"]["Content-Type"].partition(";")[0] for one in found}
    assert media_types == described_of["get"]["responses"]["200"]["content"].keys()
    tag = found[0]["headers"]["ETag"]
    first = values(folder, route)[0]
    headers = {"Accept": "text/html", "If-None-Match": tag}
    answers = [*found, asked(folder, route, value=first, headers=headers)]
    if "{" in route.path:
        answers.append(asked(folder, route, value="none", headers={}))
    statuses = {str(one["statusCode"]) for one in answers}
    assert statuses == {"200", "304"} | ({"404"} if "{" in route.path else set())
    for answer in answers:
        described = responses[str(answer["statusCode"])]
        always = {name for name, one in described["headers"].items() if one.get("required")}
        assert always <= answer["headers"].keys()


def test_the_document_that_is_served_is_the_stages(folder: Path) -> None:
    answer = asked(folder, PAGES[0], value="", headers={"Accept-Encoding": "identity"})
    assert json.loads(base64.b64decode(answer["body"])) == document(DEV)
