"""The explorer page in headless Chromium, on a running stack."""

from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.stack.local_stack import LocalStack

EXACT = '{"b":1e400,"a":0.1,"big":1180591620717411303424,"zero":-0.0,"last":1.10}'
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module", autouse=True)
def listed(stack: LocalStack) -> None:
    """A few events, in the listing."""
    stack.post('{"id":"exact","type":"order.placed","payload":' + EXACT + "}")
    stack.post({"id": "next", "type": "order.placed", "causation_id": "exact", "payload": 1})
    stack.post({"id": HOSTILE, "type": HOSTILE, "payload": {HOSTILE: [HOSTILE]}})
    stack.walk_until("order.placed", count=2)
    stack.walk_until(HOSTILE, count=1)


def test_types_lead_to_events_and_events_to_their_cause(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="order.placed").click()
    expect(page.get_by_role("heading", name="order.placed")).to_be_visible()
    page.get_by_role("link", name="next").click()
    page.get_by_role("link", name="exact").click()
    expect(page.get_by_role("heading", name="exact")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="next")).to_be_visible()


def test_a_type_shows_how_its_latest_events_lie_in_time(page: Page) -> None:
    page.goto("/")
    row = page.get_by_role("row").filter(has_text="order.placed")
    expect(row.locator(".spark small")).to_contain_text("2 in")


def test_a_payload_is_shown_as_it_was_sent(page: Page) -> None:
    page.goto("/?id=exact")
    expect(page.locator(".key")).to_have_text(['"b": ', '"a": ', '"big": ', '"zero": ', '"last": '])
    sent = ["1e400", "0.1", "1180591620717411303424", "-0.0", "1.10"]
    expect(page.locator(".tree .number")).to_have_text(sent)


def test_what_events_say_stays_text(page: Page) -> None:
    for address in ("/", f"/?type={quote(HOSTILE)}", f"/?id={quote(HOSTILE)}"):
        page.goto(address)
        expect(page.get_by_text(HOSTILE).first).to_be_visible()
        assert page.locator("img").count() == 0


def test_posting_tells_created_duplicate_and_conflict(page: Page) -> None:
    page.goto("/?post")
    page.get_by_label("type").fill("posted")
    page.get_by_label("id", exact=True).fill("posted-1")
    button = page.get_by_role("button", name="Post")
    button.click()
    expect(page.locator(".outcome")).to_contain_text("Created")
    button.click()
    expect(page.locator(".outcome")).to_contain_text("Duplicate")
    page.get_by_label("payload").fill("2")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("409")


def test_new_events_are_offered_and_do_not_move_the_others(page: Page, stack: LocalStack) -> None:
    stack.post({"id": "live-1", "type": "live", "payload": 1})
    stack.walk_until("live", count=1)
    page.goto("/?type=live")
    expect(page.locator(".events li")).to_have_count(1)
    stack.post({"id": "live-2", "type": "live", "payload": 2})
    page.get_by_role("button", name="1 new").click(timeout=15_000)
    expect(page.locator(".events li a")).to_have_text(["live-2", "live-1"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for address in ("/", "/?type=order.placed", "/?id=exact", "/?post", "/?id=nobody"):
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [360, 2560])
def test_no_view_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in ("/", "/?type=order.placed", "/?id=exact", "/?post"):
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_route_of_the_api_is_not_shadowed(stack: LocalStack) -> None:
    assert stack.client.get("/types").headers["Content-Type"].startswith("application/json")
    assert stack.client.get("/explorer.py").status_code != 200
    policy = stack.client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
