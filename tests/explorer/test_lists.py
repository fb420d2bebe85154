"""Lists of events in the page: pages, times, order, and what is new while they are read."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, expect

from tests.stack.local_stack import LocalStack

SOON = 15_000
BURST = 130


def test_pages_follow_each_other_and_one_that_fails_is_offered_again(page: Page) -> None:
    page.goto("/?type=paged")
    rows, older = page.locator(".events li"), page.get_by_role("button", name="Older events")
    older.click()
    expect(rows).to_have_count(100)
    expect(rows.nth(50).locator("a")).to_be_focused()
    page.route("**/events?*cursor=*", lambda route: route.fulfill(status=503, body="{}"))
    older.click()
    expect(page.get_by_role("alert")).to_contain_text("The API gave no reason.")
    page.unroute("**/events?*cursor=*")
    page.get_by_role("button", name="Try again").click()
    expect(rows).to_have_count(120)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(older).not_to_be_visible()
    assert len(set(rows.locator("a").all_text_contents())) == 120


def test_back_leads_to_the_list_as_it_was_left(page: Page) -> None:
    page.goto("/?type=paged")
    page.get_by_role("button", name="Older events").click()
    expect(page.locator(".events li")).to_have_count(100)
    far = page.locator(".events li").nth(80)
    far.scroll_into_view_if_needed()
    far.locator("a").press("Enter")
    expect(page.locator("dl")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(page.locator(".events li")).to_have_count(100)
    expect(far.locator("a")).to_be_focused()
    expect(far).to_be_in_viewport()


def test_order_and_time_are_chosen_by_links(page: Page) -> None:
    page.goto("/?type=paged")
    page.get_by_role("link", name="Newest first").click()
    expect(page.locator(".events a").first).to_have_text("paged-000")
    page.get_by_role("link", name="Last hour").click()
    expect(page.get_by_role("link", name="Last hour")).to_have_attribute("aria-current", "true")
    expect(page.locator(".events li")).to_have_count(50)
    page.get_by_text("Exact times").click()
    page.get_by_label("Before").fill("2001-01-01T00:00:00Z")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("No event of this type was recorded in this time.")).to_be_visible()


def test_a_burst_is_new_as_a_whole_and_moves_nothing(page: Page, stack: LocalStack) -> None:
    stack.post({"id": "first", "type": "burst", "payload": 1})
    stack.walk_until("burst", count=1)
    page.goto("/?type=burst")
    expect(page.locator(".events a")).to_have_text(["first"])
    stack.post([{"id": f"b{n:03}", "type": "burst", "payload": n} for n in range(BURST)])
    fresh = page.get_by_role("button", name=f"{BURST} new")
    expect(fresh).to_be_visible(timeout=SOON)
    expect(page.locator(".events a")).to_have_text(["first"])
    fresh.click()
    expect(page.locator(".events li")).to_have_count(BURST + 1)
    places = page.locator(".events li").evaluate_all("rows => rows.map((one) => one.dataset.at)")
    assert places == sorted(places, reverse=True)


def test_what_is_listed_late_is_new_too_in_its_place(page: Page) -> None:
    late: list[str] = []

    def hide_until_late(route: Route) -> None:
        answer = route.fetch()
        found = json.loads(answer.text(), parse_float=str)
        if not late:
            found["events"] = [one for one in found["events"] if one["id"] != "next"]
        route.fulfill(response=answer, json=found)

    page.route("**/events?type=order.placed*", hide_until_late)
    page.goto("/?type=order.placed")
    expect(page.locator(".events a")).to_have_text(["7", "exact"])
    late.append("now")
    page.get_by_role("button", name="1 new").click(timeout=SOON)
    expect(page.locator(".events a")).to_have_text(["7", "next", "exact"])


def test_more_than_are_kept_are_said_and_the_list_reloads(page: Page) -> None:
    asked: list[str] = []

    def many(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        asked.append(route.request.url)
        at = int(query["cursor"][0]) if "cursor" in query else 0
        first = [{"id": "old", "type": "many", "recorded_at": "2026-01-01T00:00:00.000000Z"}]
        new = [
            {"id": f"n{n}", "type": "many", "recorded_at": f"2026-01-01T00:00:01.{n:06}Z"}
            for n in range(10_000 - at, 9_900 - at, -1)
        ]
        page_of = {"events": first, "next_cursor": None}
        route.fulfill(
            json=page_of if len(asked) == 1 else {"events": new, "next_cursor": str(at + 100)}
        )

    page.route("**/events?type=many*", many)
    page.goto("/?type=many")
    reload = page.get_by_role("button", name="500+ new: reload the list")
    expect(reload).to_be_visible(timeout=SOON)
    live = page.get_by_role("button", name="Live")
    expect(live).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("status")).to_have_text(re.compile("^More than 500 new events"))
    reload.click()
    expect(live).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".events li")).to_have_count(100)
    assert len(asked) == 1 + 5 + 1


def test_a_failing_look_is_told_and_following_can_be_paused(page: Page) -> None:
    page.clock.install()
    page.goto("/?type=paged")
    live = page.get_by_role("button", name="Live")
    expect(live).to_have_attribute("aria-pressed", "true")
    page.route("**/events?*", lambda route: route.fulfill(body="no JSON"))
    page.clock.run_for(3_000)
    expect(page.get_by_role("alert")).to_contain_text("cannot read")
    page.unroute("**/events?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("main")).to_be_focused()
    live.click()
    expect(live).to_have_attribute("aria-pressed", "false")


def test_the_first_event_appears_by_itself(page: Page) -> None:
    none: dict[str, Any] = {"types": [], "next_cursor": None}
    page.route("**/types?*", lambda route: route.fulfill(json=none))
    page.clock.install()
    page.goto("/")
    expect(page.get_by_role("link", name="Post the first event")).to_be_visible()
    page.unroute("**/types?*")
    page.clock.run_for(3_000)
    expect(page.get_by_role("link", name="order.placed")).to_be_visible()
