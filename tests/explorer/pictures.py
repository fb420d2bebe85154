"""`python -m tests.explorer.pictures`: the pictures of the explorer that the documents show.

They are of a stack of its own, with the events of `eventlog demo`.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from infra.bundling import ROOT
from tests.explorer.chromium import chromium
from tests.stack.local_stack import LocalStack, started

IMAGES = ROOT / "docs" / "images"

_SIZE = {"width": 1120, "height": 640}
_DEMO = ("demo", "--rate", "25", "--seconds", "12")
_TYPE = "payment.captured"


def main() -> None:
    """Take each picture in both schemes."""
    with (
        tempfile.TemporaryDirectory() as folder,
        started(Path(folder, "data")) as stack,
        chromium() as browser,
    ):
        command = [sys.executable, "-m", "infra.cli", *_DEMO, "--data", str(stack.data)]
        subprocess.run(command, cwd=ROOT, check=True)
        for name, open_view in _VIEWS.items():
            for scheme in ("light", "dark"):
                file = IMAGES / f"explorer-{name}-{scheme}.png"
                _take(browser, stack, scheme=scheme, open_view=open_view, file=file)
                print(f"{file.relative_to(ROOT)}: {file.stat().st_size:,} bytes")  # noqa: T201


def _take(
    browser: Browser,
    stack: LocalStack,
    *,
    scheme: str,
    open_view: Callable[[Page], None],
    file: Path,
) -> None:
    dark = scheme == "dark"
    page = browser.new_page(
        base_url=stack.facts["api"],
        viewport={"width": _SIZE["width"], "height": _SIZE["height"]},
        color_scheme="dark" if dark else "light",
    )
    page.goto("/")
    open_view(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file)
    page.close()


def _types(page: Page) -> None:
    expect(page.get_by_role("link", name=_TYPE)).to_be_visible()


def _event(page: Page) -> None:
    page.goto(f"/?type={_TYPE}")
    page.locator(".events a").first.click()
    expect(page.locator(".tree")).to_be_visible()


_VIEWS: dict[str, Callable[[Page], None]] = {"types": _types, "event": _event}


if __name__ == "__main__":
    main()
