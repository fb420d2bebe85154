"""The API's document and pages: what a client gets of them, and what it cannot get."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from api.docs import Pages, build
from infra.openapi.page_files import HTML, MARKDOWN, SCRIPT, Page, page_files
from tests.requests import get
from tests.telemetry import CONTEXT, Told

BYTES = bytes(range(256)) * 8
PAGES = {
    "/docs": Page({HTML: b"<p>Hello"}, {"Cache-Control": "public, no-cache"}),
    "/docs/a.js": Page({SCRIPT: BYTES}, {}),
    "/problems/conflict": Page({HTML: b"<h1>Conflict", MARKDOWN: b"# Conflict"}, {}),
}


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """The pages, beside a file that is none."""
    (tmp_path / "pages").mkdir()
    for name, content in page_files(PAGES).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "secret").write_text("secret")
    return Pages(tmp_path / "pages")


def answered(pages: Pages, resource: str, headers: dict[str, str], **path: str) -> dict[str, Any]:
    request = get(resource, headers=headers) | {"pathParameters": path or None}
    return build(pages=pages, telemetry=Told().telemetry)(request, CONTEXT)


def body(answer: dict[str, Any]) -> bytes:
    assert answer["isBase64Encoded"] is True
    return base64.b64decode(answer["body"])


def test_a_file_arrives_byte_for_byte_packed_or_not(pages: Pages) -> None:
    plain = answered(pages, "/docs/{asset}", {}, asset="a.js")
    assert (plain["statusCode"], body(plain)) == (200, BYTES)
    assert "Content-Encoding" not in plain["headers"]
    packed = answered(pages, "/docs/{asset}", {"Accept-Encoding": "br, gzip"}, asset="a.js")
    assert packed["headers"]["Content-Encoding"] == "gzip"
    assert gzip.decompress(body(packed)) == BYTES
    assert len(body(packed)) < len(BYTES) / 2
    assert packed["headers"]["ETag"] != plain["headers"]["ETag"]
    assert packed["headers"]["Content-Type"] == plain["headers"]["Content-Type"] == SCRIPT


@pytest.mark.parametrize(
    "refusing", ["gzip;q=0", "gzip; q=0.0", "gzip;q=much", "br", "x-gzip-not", ""]
)
def test_a_client_that_takes_no_gzip_gets_none(pages: Pages, refusing: str) -> None:
    answer = answered(pages, "/docs", {"Accept-Encoding": refusing})
    assert body(answer) == b"<p>Hello"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", HTML),
        ("text/markdown", MARKDOWN),
        ("*/*", MARKDOWN),
        ("application/json", MARKDOWN),
    ],
)
def test_browsers_get_html_and_terminals_what_they_can_show(
    pages: Pages, accept: str, media_type: str
) -> None:
    answer = answered(pages, "/problems/{kind}", {"Accept": accept}, kind="conflict")
    assert answer["headers"]["Content-Type"] == media_type
    assert body(answer) == PAGES["/problems/conflict"].variants[media_type]
    assert answer["headers"]["Vary"] == "Accept, Accept-Encoding"


def test_what_a_client_has_already_is_not_sent_again(pages: Pages) -> None:
    for encoding in ("", "gzip"):
        headers = {"Accept-Encoding": encoding}
        tag = answered(pages, "/docs", headers)["headers"]["ETag"]
        again = answered(pages, "/docs", headers | {"If-None-Match": f'"x", {tag}'})
        assert (again["statusCode"], again["body"]) == (304, "")
        assert again["headers"]["ETag"] == tag
        assert again["headers"]["Cache-Control"] == "public, no-cache"
        other = answered(pages, "/docs", headers | {"If-None-Match": '"x"'})
        assert other["statusCode"] == 200


@pytest.mark.parametrize("name", ["none", "../secret", "..%2Fsecret", "index.json", "", "/secret"])
def test_a_name_that_is_no_pages_leads_nowhere(pages: Pages, name: str) -> None:
    answer = answered(pages, "/docs/{asset}", {}, asset=name)
    assert (answer["statusCode"], "secret\n" in answer["body"]) == (404, False)
    assert json.loads(answer["body"])["title"] == "There is no such page"


def test_a_page_can_be_got_and_nothing_else(pages: Pages) -> None:
    def asked(method: str) -> dict[str, Any]:
        request = get("/docs") | {"httpMethod": method}
        return build(pages=pages, telemetry=Told().telemetry)(request, CONTEXT)

    assert asked("HEAD") == asked("GET"), "the gateway leaves the body out"
    allowed = "GET, HEAD, OPTIONS"
    options = asked("OPTIONS")
    assert (options["statusCode"], options["headers"]["Allow"]) == (204, allowed)
    for method in ("DELETE", "POST", "TRACE"):
        refused = asked(method)
        assert (refused["statusCode"], refused["headers"]["Allow"]) == (405, allowed)
