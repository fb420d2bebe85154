"""The explorer page before the local gateway: what it answers itself, and what it lets through."""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

import httpx
import pytest

from infra.explorer_stage import BESIDE_THE_PAGE, stage_json
from infra.local.explorer import Explorer, page_files
from infra.local.gateway import Receive, Send
from infra.local.routing import find_route
from infra.local.template import load
from infra.settings import STAGES
from infra.synth import cached_synth

STAGE = stage_json(STAGES["dev"], api=BESIDE_THE_PAGE)
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT")


async def api(_scope: MutableMapping[str, Any], _receive: Receive, send: Send) -> None:
    """Stands for the gateway: knows no path."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def answer(method: str, path: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(Explorer(api, stage=STAGE))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.request(method, path)

    return asyncio.run(asked())


def test_no_route_of_the_api_is_the_path_of_a_file() -> None:
    stack = "arn:aws:cloudformation:eu-central-1:000000000000:stack/x/1"
    template = load(cached_synth(STAGES["dev"]), region="eu-central-1", stack_id=stack)
    routes = template.api().routes
    assert find_route(routes, "GET", "/docs/x.js")
    for path in (*page_files(), "/stage.json"):
        assert [method for method in METHODS if find_route(routes, method, path)] == []


def test_a_file_is_served_and_head_gives_its_headers_alone() -> None:
    got, headed = (answer(method, "/explorer.js") for method in ("GET", "HEAD"))
    assert got.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert got.content == page_files()["/explorer.js"].read_bytes()
    assert (headed.status_code, headed.content, headed.headers) == (200, b"", got.headers)


def test_the_page_is_at_the_root() -> None:
    assert answer("GET", "/").content == page_files()["/index.html"].read_bytes()


def test_the_page_learns_of_its_stage() -> None:
    told = answer("GET", "/stage.json")
    assert told.headers["Content-Type"] == "application/json"
    assert told.json() == {
        "api": "./",
        "stage": "dev",
        "authorizer": "none",
        "api_key": False,
        "search": False,
        "docs": True,
    }
    assert json.loads(stage_json(STAGES["prod"], api="https://x/"))["authorizer"] == "iam"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/"), ("OPTIONS", "/explorer.js"), ("GET", "/events"), ("GET", "/../explorer.py")],
)
def test_all_else_reaches_the_api(method: str, path: str) -> None:
    assert answer(method, path).status_code == 418
