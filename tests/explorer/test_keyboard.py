"""The page without a mouse."""

from playwright.sync_api import Page, expect

# Whether the page begins to make its view when the browser tells of another address.
_ANEW = """
window.isMadeAnew = new Promise((tell) => addEventListener("popstate", () => {
  tell(document.querySelector("main").hasAttribute("aria-busy"));
})), null
"""


def focused(page: Page) -> str:
    """What has the focus: its name, or its text."""
    told: str = page.evaluate(
        "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
    )
    return told


def test_tab_goes_through_the_page_in_the_order_of_reading(page: Page) -> None:
    page.goto("/?type=order.placed")
    expect(page.locator("h1")).to_be_visible()
    order = []
    for _ in range(15):
        page.keyboard.press("Tab")
        order.append(focused(page))
    head = [
        "Skip to content",
        "Event log dev",
        "Types",
        "Post",
        "API",
        "Go to an event by id",
        "Go",
    ]
    range_ = ["Any time", "Last hour", "Last day", "Last week", "Newest first ↓", "Exact times"]
    assert order == [*head, *range_, "Live", "7"]


def test_the_content_is_one_key_away(page: Page) -> None:
    page.goto("/")
    expect(page.locator("h1")).to_be_visible()
    page.keyboard.press("Tab")
    page.evaluate(_ANEW)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "Refresh"
    assert page.evaluate("isMadeAnew") is False, "the view under the reader"


def test_links_and_trees_answer_to_keys(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="deep").press("Enter")
    expect(page.get_by_role("heading", name="deep")).to_be_visible()
    page.get_by_role("link", name="deep", exact=True).press("Enter")
    fold = page.locator(".tree summary", has_text="payload")
    fold.press("Enter")
    expect(page.get_by_text('"a":')).not_to_be_visible()
    fold.press("Space")
    expect(page.get_by_text('"a":')).to_be_visible()


def test_a_slash_jumps_to_an_event_and_escape_leaves(page: Page) -> None:
    page.goto("/?post")
    expect(page.locator("h1")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("never")
    page.keyboard.press("Escape")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("exact")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="exact")).to_be_visible()
    page.go_back()
    page.get_by_label("payload").press("/")
    expect(page.get_by_label("payload")).to_be_focused()
