"""Who gets the API's document and pages, by the setting, and what the function may do."""

import gzip
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from api.page_folder import FOLDER, INDEX
from api.problems import TITLES
from api.routes import PAGES
from infra.bundling import lock_of
from infra.docs_function import DOCS
from infra.openapi.document import document
from infra.openapi.page_files import HTML, MARKDOWN
from infra.openapi.pages import pages_of
from infra.settings import Settings
from tests.infra.options import settings_of
from tests.infra.template import Template
from tests.infra.variants import unbundled

PATHS = {route.path for route in PAGES}
AUTHORIZERS = {"iam": "AWS_IAM", "jwt": "CUSTOM", "own pool": "COGNITO_USER_POOLS"}


def settings(access: str, authorizer: str = "jwt", **more: object) -> Settings:
    chosen = settings_of({"stage": "prod", "authorizer": authorizer, "producers": "with keys"})
    return Settings.model_validate(chosen.model_dump() | {"api_docs": access, **more})


def deployed(folder: Path, *given: str) -> Template:
    return Template(unbundled(settings(*given), folder).template())


@pytest.mark.parametrize("authorizer", AUTHORIZERS)
def test_open_pages_ask_nobody_and_the_log_still_does(tmp_path: Path, authorizer: str) -> None:
    found = deployed(tmp_path, "open", authorizer)
    for method in found.methods(pages=True):
        assert (method["AuthorizationType"], method["ApiKeyRequired"]) == ("NONE", False)
        assert not {"AuthorizerId", "AuthorizationScopes"} & method.keys()
    asked = {(one["AuthorizationType"], one["ApiKeyRequired"]) for one in found.methods()}
    assert asked == {(AUTHORIZERS[authorizer], True)}


@pytest.mark.parametrize("authorizer", AUTHORIZERS)
def test_closed_pages_ask_as_a_read_does(tmp_path: Path, authorizer: str) -> None:
    found = deployed(tmp_path, "authorized", authorizer)
    pages = found.methods(pages=True)
    asked = {(one["AuthorizationType"], one["ApiKeyRequired"]) for one in pages}
    assert (len(pages), asked) == (len(PAGES) + len(PATHS), {(AUTHORIZERS[authorizer], True)})
    scopes = [one.get("AuthorizationScopes") for one in pages]
    assert scopes == [["events/read"] if authorizer == "own pool" else None] * len(pages)
    if authorizer == "iam":
        [reader] = [
            policy["PolicyDocument"]["Statement"][0]["Resource"]
            for policy in found.properties("AWS::IAM::ManagedPolicy")
            if "May read" in policy["Description"]
        ]
        assert {"/GET/docs", "/GET/docs/*", "/GET/openapi.json", "/HEAD/problems/*"} <= {
            one["Fn::Join"][1][-1] for one in reader
        }


def test_a_stage_without_pages_has_neither_routes_nor_function(tmp_path: Path) -> None:
    found = deployed(tmp_path, "off")
    assert (found.methods(pages=True), DOCS in found.functions()) == ([], False)
    [stage] = found.properties("AWS::ApiGateway::Stage")
    assert [one["ResourcePath"] for one in stage["MethodSettings"]] == ["/*", "/~1events"]
    paths = document(settings("off"))["paths"]
    assert not paths.keys() & PATHS


def test_the_function_may_write_its_log_and_nothing_else(template: Template) -> None:
    logs = f"logs of {DOCS}"
    assert template.grants(DOCS) == {("logs:CreateLogStream", logs), ("logs:PutLogEvents", logs)}
    assert lock_of(DOCS).name == "lambda.txt"


class Links(HTMLParser):
    """What a page refers to, and whether it has script or style of its own in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [value for name in ("href", "src") if (value := given.get(name))]
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return pages_of(settings("open"))


@pytest.fixture(scope="module")
def index(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(files[f"{FOLDER}/{INDEX}"])
    return found


def test_every_kind_of_problem_has_a_page(index: Mapping[str, Any]) -> None:
    pages = {path.removeprefix("/problems/") for path in index if path.startswith("/problems/")}
    assert pages == TITLES.keys()


def test_a_page_refers_to_pages_alone_and_runs_files_alone(
    files: Mapping[str, bytes], index: Mapping[str, Any]
) -> None:
    for path, page in index.items():
        for variant in page["variants"]:
            text = gzip.decompress(files[f"{FOLDER}/{variant['file']}"]).decode()
            assert "{{" not in text or variant["media_type"] not in {HTML, MARKDOWN}
            if variant["media_type"] == HTML:
                found = Links(text)
                base = path.rpartition("/")[0]
                resolved = {
                    re.sub(r"^/[^/]+/\.\./", "/", f"{base}/{link}")
                    for link in found.links
                    if link != "data:,"
                }
                assert (found.inline, resolved - index.keys()) == ([], set())


def test_no_page_may_ask_elsewhere_or_run_what_is_written_into_it(
    index: Mapping[str, Any],
) -> None:
    for page in index.values():
        headers = page["headers"]
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert not re.search(r"unsafe|https?:|\*", policy)
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_not_for_everybody_is_kept_by_nobody_else() -> None:
    for access, whose in (("open", "public"), ("authorized", "private")):
        index = json.loads(pages_of(settings(access))[f"{FOLDER}/{INDEX}"])
        assert {page["headers"]["Cache-Control"].split(",")[0] for page in index.values()} == {
            whose
        }


def test_the_same_settings_make_the_same_pages(files: Mapping[str, bytes]) -> None:
    assert pages_of(settings("open")) == files
