"""The running stack does what its document says: to a fuzzer, and to a browser that tries it."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Request, sync_playwright

from tests.fuzz.run import RANDOM, Run, fuzz
from tests.fuzz.tally import server_errors
from tests.stack.local_stack import LocalStack

CHROMIUM = "/usr/bin/chromium"
A_FEW, MORE = 4, 12
WATCH = """window.violations = [];
document.addEventListener("securitypolicyviolation", e => window.violations.push(e.blockedURI));"""
POST = "#operations-events-appendEvents"


def test_requests_out_of_the_document_find_nothing(stack: LocalStack, tmp_path: Path) -> None:
    phases = ("examples", *RANDOM)
    found = fuzz(stack.facts["api"], Run(examples=A_FEW, seed=7, phases=phases, types=1), tmp_path)
    assert (found.failures, server_errors(found.sent)) == (0, 0), found.said
    document = stack.client.get("/openapi.json").json()
    operations = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert operations <= {operation for operation, _ in found.sent}


def test_a_status_that_is_not_in_the_document_is_found(stack: LocalStack, tmp_path: Path) -> None:
    """404 stands for one that a function might learn to answer: the document is told nothing."""
    document = httpx.get(f"{stack.facts['api']}/openapi.json").json()
    del document["paths"]["/events/{id}"]["get"]["responses"]["404"]
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    one = "GET /events/{id}"
    run = Run(examples=MORE, seed=7, document=file, phases=("fuzzing",), only=one)
    found = fuzz(stack.facts["api"], run, tmp_path)
    assert found.failures > 0
    assert "Undocumented status code" in found.said


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_the_page_of_the_document_tries_the_api_and_asks_nobody_else(
    stack: LocalStack, page: Page
) -> None:
    api: str = stack.facts["api"]
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((api, "data:")):
            elsewhere.append(request.url)

    page.on("request", note)
    page.add_init_script(WATCH)
    page.goto(f"{api}/docs")
    page.click(f"{POST} .opblock-summary-control")
    with page.expect_response(f"{api}/events") as answered:
        page.click(f"{POST} .execute")
    assert answered.value.status in {200, 201, 409}, "the fuzzer may have taken the id"
    page.wait_for_selector(f"{POST} .live-responses-table")
    assert page.evaluate("window.violations") == elsewhere == []
