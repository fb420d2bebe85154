"""The page's search, before a stage that has one; its answers are made here, in the API's form."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

STAGE = {"api": "./", "stage": "dev", "authorizer": "none", "api_key": False, "docs": True}
AT = "2026-01-01T00:00:00.000000Z"


@pytest.fixture
def asked(page: Page) -> list[dict[str, list[str]]]:
    """The queries that come to the search, which finds two pages of one event, or refuses."""
    seen: list[dict[str, list[str]]] = []

    def answer(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        seen.append(query)
        if query.get("filter") == ["nonsense"]:
            refused = {"title": "The request cannot be understood", "detail": "has no colon"}
            route.fulfill(status=400, json=refused)
        elif query.get("q") == ["nothing"]:
            route.fulfill(json={"events": [], "next_cursor": None})
        else:
            last = "cursor" in query
            found = event("second" if last else "first")
            route.fulfill(json={"events": [found], "next_cursor": None if last else "n"})

    page.route("**/stage.json", lambda route: route.fulfill(json=STAGE | {"search": True}))
    page.route("**/search?*", answer)
    return seen


def event(id: str) -> dict[str, Any]:
    return {"id": id, "type": "order.placed", "recorded_at": AT, "payload": {"a": 1}}


def test_search_finds_events_page_by_page(page: Page, asked: list[dict[str, list[str]]]) -> None:
    page.goto("/")
    page.get_by_role("link", name="Search").click()
    page.get_by_label("Words").fill('"a b" c+d')
    page.get_by_label("Type", exact=True).fill("order.placed")
    page.get_by_label("Filter", exact=True).fill("payload.a:>=1")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".events a")).to_have_text(["first"])
    page.get_by_role("button", name="More events").click()
    expect(page.locator(".events a")).to_have_text(["first", "second"])
    expect(page.locator(".events .chip").first).to_have_text("order.placed")
    wanted = {"q": ['"a b" c+d'], "type": ["order.placed"], "filter": ["payload.a:>=1"]}
    assert asked[-2:] == [wanted, wanted | {"cursor": ["n"]}]
    page.get_by_label("and filter").fill("source:/shop")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Last day").click()
    expect(page.get_by_role("link", name="Last day")).to_have_attribute("aria-current", "true")
    assert asked[-1]["filter"] == ["payload.a:>=1", "source:/shop"]
    assert set(asked[-1]) == {"q", "type", "filter", "from"}


def test_an_event_leads_to_its_relatives(page: Page, asked: list[dict[str, list[str]]]) -> None:
    page.goto("/?id=exact")
    page.get_by_role("link", name="c", exact=True).click()
    expect(page.locator(".events a")).to_have_text(["first"])
    page.go_back()
    page.get_by_role("link", name="Events that this one caused").click()
    expect(page.locator(".events a")).to_have_text(["first"])
    filters = [query["filter"] for query in asked]
    assert filters == [["correlation_id:c"], ["causation_id:exact"]]


@pytest.mark.usefixtures("asked")
def test_a_question_that_is_refused_stays_to_be_mended(page: Page) -> None:
    page.goto("/?search&filter=nonsense")
    expect(page.get_by_role("alert")).to_contain_text("has no colon")
    expect(page.get_by_label("Filter", exact=True)).to_have_value("nonsense")
    page.goto("/?search&q=nothing")
    expect(page.get_by_text("No event is found.")).to_be_visible()


@pytest.mark.usefixtures("asked")
def test_axe_finds_nothing_in_a_search(page: Page) -> None:
    page.goto("/?search&q=a")
    expect(page.locator(".events li")).to_have_count(1)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
