"""A running stack with a browser in front of it; what the page must never do fails its test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.explorer.chromium import chromium
from tests.stack.local_stack import LocalStack, started


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """One stack for all tests of the page."""
    with started(tmp_path_factory.mktemp("explorer")) as stack:
        yield stack


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of the page."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, stack: LocalStack) -> Iterator[Page]:
    """A page that asks nobody but the stack, throws nothing, and keeps to its own policy."""
    context = browser.new_context(base_url=stack.facts["api"])
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
