"""The page as it is on AWS: its files from one origin, the API at another."""

from playwright.sync_api import Browser, expect

from tests.explorer.site import Site
from tests.stack.local_stack import LocalStack


def test_from_an_origin_of_its_own_it_reads_and_posts_and_asks_nobody_else(
    browser: Browser, site: Site, stack: LocalStack
) -> None:
    stack.post({"id": "elsewhere", "type": "seen.elsewhere", "payload": 1})
    stack.walk_until("seen.elsewhere", count=1)
    context = browser.new_context(base_url=site.origin)
    page = context.new_page()
    asked: set[str] = set()
    wrong: list[str] = []
    page.on("request", lambda one: asked.add("/".join(one.url.split("/", 3)[:3])))
    page.on("console", lambda said: wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("seen.elsewhere")
    page.get_by_role("link", name="Post", exact=True).click()
    page.get_by_label("type", exact=True).fill("posted.elsewhere")
    page.get_by_label("payload").fill('{"from": "another origin"}')
    page.get_by_role("button", name="Post").click()
    expect(page.get_by_role("main")).to_contain_text("Created")
    context.close()
    [event] = stack.walk_until("posted.elsewhere", count=1)
    assert event["payload"] == {"from": "another origin"}
    assert (asked - {"data:,"}, wrong) == ({site.origin, stack.facts["api"]}, [])
