"""The explorer page in headless Chromium, on a running stack."""

from urllib.parse import quote

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.explorer.conftest import HOSTILE

# Deadlines of requests a hundredth as long as the page sets them, and as they were.
SOONER = """
window.later = AbortSignal.timeout;
AbortSignal.timeout = (milliseconds) => later.call(AbortSignal, milliseconds / 100);
"""
LATER = "AbortSignal.timeout = later"
UNREADABLE = ("<p>no JSON</p>", "{}", '{"types": 1}', '{"types": [1]}')


def test_types_lead_to_events_and_events_to_their_cause(page: Page) -> None:
    page.goto("/")
    row = page.get_by_role("row").filter(has_text="order.placed")
    expect(row.locator(".spark small")).to_contain_text("3 in")
    page.get_by_role("link", name="order.placed").click()
    expect(page.get_by_role("heading", name="order.placed")).to_be_visible()
    page.get_by_role("link", name="next").click()
    page.get_by_role("link", name="exact").click()
    expect(page.get_by_role("heading", name="exact")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="next")).to_be_visible()


def test_a_payload_is_shown_as_it_was_sent(page: Page) -> None:
    page.goto("/?id=exact")
    expect(page.locator(".key")).to_have_text(['"b": ', '"a": ', '"big": ', '"zero": ', '"last": '])
    sent = ["1e400", "0.1", "1180591620717411303424", "-0.0", "1.10"]
    expect(page.locator(".tree .number")).to_have_text(sent)
    assert page.get_by_role("link", name="Search").count() == 0  # there is none


def test_a_tree_unfolds_whole_and_folds(page: Page) -> None:
    page.goto("/?id=deep")
    expect(page.locator(".tree .number")).to_have_count(0)
    page.get_by_role("button", name="Expand all").click()
    expect(page.locator(".tree .number")).to_have_count(100)
    page.get_by_role("button", name="Show 100 of 150 more").click()
    expect(page.locator(".tree .number")).to_have_count(200)
    expect(page.locator(".tree .leaf").nth(100)).to_be_focused()
    page.get_by_role("button", name="Collapse all").click()
    expect(page.locator(".tree .number").first).not_to_be_visible()


def test_copying_gives_what_is_there_and_says_so(page: Page) -> None:
    page.goto("/?id=exact")
    for what, begins in (("id", "exact"), ("payload", '{"b":1e400'), ("curl", "curl 'http")):
        page.get_by_role("button", name=f"Copy {what}").click()
        expect(page.get_by_role("status")).to_have_text(f"Copied {what}")
        assert page.evaluate("navigator.clipboard.readText()").startswith(begins)
    expect(page.get_by_role("button", name="Copy correlation_id")).to_be_visible()
    assert page.get_by_role("link", name="c", exact=True).count() == 0  # without search


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


def test_an_attempt_whose_answer_was_lost_makes_no_second_event(page: Page) -> None:
    sent: list[str] = []

    def lose_the_first(route: Route) -> None:
        sent.append(route.request.headers["idempotency-key"])
        if len(sent) > 1:
            route.continue_()
        else:
            route.fetch()  # and no answer gets to the page

    page.goto("/?post")
    page.get_by_label("type").fill("lost")
    page.route("**/events", lose_the_first)
    page.evaluate(SOONER)
    button = page.get_by_role("button", name="Post")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("out of reach")
    page.evaluate(LATER)
    button.click()
    expect(page.locator(".outcome")).to_contain_text("Duplicate")
    button.click()
    expect(page.locator(".outcome")).to_contain_text("Created")
    assert sent[0] == sent[1] != sent[2]


def test_an_answer_that_cannot_be_read_is_told_and_asked_for_again(page: Page) -> None:
    answers = [(200, text) for text in UNREADABLE]
    answers += [(500, "null"), (400, '{"title": "t", "errors": "one", "type": "https://x.test/"}')]
    page.route("**/types?*", lambda route: _fulfill(route, *answers[0]) if answers else None)
    page.goto("/")
    while answers:
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")
        del answers[0]
        if not answers:
            page.unroute("**/types?*")
        page.get_by_role("alert").evaluate("alert => alert.id = 'before'")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#before")).to_have_count(0)
    expect(page.get_by_role("link", name="order.placed")).to_be_visible()
    expect(page.locator("main")).to_be_focused()


def _fulfill(route: Route, status: int, body: str) -> None:
    route.fulfill(status=status, body=body)


def test_axe_finds_nothing_and_no_view_scrolls_sideways(page: Page) -> None:
    for address in ("/", "/?type=order.placed", "/?id=exact", "/?post", "/?id=nobody"):
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        _axe_finds_nothing(page)
        for width in (360, 2560, 1280):
            page.set_viewport_size({"width": width, "height": 720})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_in_the_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/")
    expect(page.locator("h1")).to_be_visible()
    _axe_finds_nothing(page)
    page.goto("/?id=7")
    expect(page.locator("dl")).to_contain_text('"region": "north"')
    _axe_finds_nothing(page)


def _axe_finds_nothing(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
