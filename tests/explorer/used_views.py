"""Uses each view of the explorer in a browser, and asks the browser what that took of it.

https://developer.mozilla.org/en-US/docs/Web/API/PerformanceLongTaskTiming
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from tests.explorer.large_log import TYPE, post
from tests.stack.local_stack import LocalStack

LONGEST_TASK_MS = 200
FIRST_CONTENT_MS = 1_000

_PAGES = 20
_PARTS = 30
_NEW = 200
_FIRST_NEW = 10**9
_OFFERED_MS = 30_000

_WATCH = """
window.longTasks = [];
const keep = (entries) => longTasks.push(...entries.map((task) => task.duration));
const observer = new PerformanceObserver((seen) => keep(seen.getEntries()));
observer.observe({ type: "longtask", buffered: true });
window.tasksSoFar = () => (keep(observer.takeRecords()), longTasks.splice(0));
"""
_IDLE = "new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done)))"
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"

Use = Callable[[Page, LocalStack], None]


@dataclass(frozen=True, slots=True)
class Used:
    """What a view took: milliseconds to its first content, of the longest tasks of loading and
    after it, and its requests, `strangers` being those to others than the stack.
    """

    view: str
    first_content: float
    longest_load_task: float
    longest_task: float
    requests: int
    strangers: int

    def good(self) -> bool:
        """Whether it is within the budgets."""
        fast = self.first_content < FIRST_CONTENT_MS and self.longest_task <= LONGEST_TASK_MS
        return fast and not self.strangers


def used(browser: Browser, stack: LocalStack) -> Iterator[Used]:
    """Every view, one after the other."""
    for view, path, use in _VIEWS:
        yield _used(browser, stack, view=view, path=path, use=use)


def _used(browser: Browser, stack: LocalStack, *, view: str, path: str, use: Use) -> Used:
    page = browser.new_page(base_url=stack.facts["api"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(_WATCH)
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_load_state("networkidle")
    loading = page.evaluate("tasksSoFar()")
    use(page, stack)
    page.evaluate(_IDLE)
    tasks, painted = page.evaluate("tasksSoFar()"), page.evaluate(_PAINTED)
    page.close()
    return Used(
        view,
        first_content=painted,
        longest_load_task=max(loading, default=0),
        longest_task=max(tasks, default=0),
        requests=len(asked),
        strangers=sum(not url.startswith((stack.facts["api"], "data:")) for url in asked),
    )


def _look(page: Page, _stack: LocalStack) -> None:
    page.mouse.wheel(0, 2_000)


def _read_on(page: Page, _stack: LocalStack) -> None:
    events = page.locator(".events li")
    for _ in range(_PAGES):
        before = events.count()
        page.get_by_role("button", name="Older events").click()
        expect(events).not_to_have_count(before)


def _follow(page: Page, stack: LocalStack) -> None:
    post(stack, range(_FIRST_NEW, _FIRST_NEW + _NEW))
    offered = page.get_by_role("button", name=re.compile(r"^\d+ new"))
    first = page.locator(f"[data-at$='#meter-{_FIRST_NEW}']")
    while not first.is_visible():
        offered.click(timeout=_OFFERED_MS)


def _unfold(page: Page, _stack: LocalStack) -> None:
    page.get_by_role("button", name="Expand all").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("values are shown|is expanded"))
    more = page.locator(".branch > button")  # by its role would take the browser longer than a task
    for _ in range(_PARTS):
        left = more.inner_text()
        more.click()
        expect(more).not_to_have_text(left)
    page.locator(".tree summary").first.click()
    page.locator(".tree summary").first.click()


_VIEWS: tuple[tuple[str, str, Use], ...] = (
    ("types", "/", _look),
    (f"a list, {_PAGES} pages on", f"/?type={TYPE}", _read_on),
    (f"a list, {_NEW} new events", f"/?type={TYPE}", _follow),
    (f"an event of 300 KB, expanded, {_PARTS} parts more", "/?id=large", _unfold),
    ("the form", "/?post", _look),
)
