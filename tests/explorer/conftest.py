"""A running stack with a browser in front of it; what the page must never do fails its test."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.explorer.chromium import chromium
from tests.explorer.site import Site, serving
from tests.stack.local_stack import LocalStack, started

EXACT = '{"b":1e400,"a":0.1,"big":1180591620717411303424,"zero":-0.0,"last":1.10}'
HOSTILE = "<img src=x onerror=alert(1)>"
CLOUD_EVENT = {
    "specversion": "1.0",
    "id": "7",
    "source": "/orders",
    "type": "order.placed",
    "region": "north",
    "data": 1,
}


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Where the page of the stack is, too, as it would be on AWS."""
    with serving() as site:
        yield site


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[LocalStack]:
    """One stack for all tests of the page, which lets the site's origin in."""
    with started(tmp_path_factory.mktemp("explorer"), *site.options) as stack:
        site.stack = stack
        yield stack


@pytest.fixture(scope="session", autouse=True)
def listed(stack: LocalStack) -> None:
    """Events in the listing: of exact numbers, of hostile text, and more than a page of a type."""
    exact = f'{{"id":"exact","type":"order.placed","correlation_id":"c","payload":{EXACT}}}'
    stack.post(exact)
    caused = {"id": "next", "type": "order.placed", "causation_id": "exact", "payload": 1}
    hostile = {"id": HOSTILE, "type": HOSTILE, "payload": {HOSTILE: [HOSTILE]}}
    deep = {"id": "deep", "type": "deep", "payload": {"a": {"b": {"c": {"d": [*range(250)]}}}}}
    stack.post([caused, hostile, deep])
    stack.post(json.dumps(CLOUD_EVENT), media_type="application/cloudevents+json")
    stack.post([{"id": f"paged-{n:03}", "type": "paged", "payload": n} for n in range(120)])
    for type, count in (("order.placed", 3), (HOSTILE, 1), ("deep", 1), ("paged", 120)):
        stack.walk_until(type, count=count)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser, which ends with its module: an event loop runs in this process as long as it."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, stack: LocalStack) -> Iterator[Page]:
    """A page that asks nobody but the stack, throws nothing, and keeps to its own policy."""
    context = browser.new_context(
        base_url=stack.facts["api"], permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: _keep(wrong, said.text))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith((stack.facts["api"], "data:"))] == []
    assert wrong == []


def _keep(wrong: list[str], text: str) -> None:
    if "Content Security Policy" in text:
        wrong.append(text)
