"""docs/contributing: each page shows a worked example, and counts the files that it touches.

`python -m tests.docs.contributing` writes the examples into the pages.
"""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from infra.bundling import ROOT
from infra.cost.markdown import put_in
from tests.docs.patches import apply, files
from tests.mutations.run import LEFT_OUT

EXAMPLES = Path(__file__).parent / "examples"
PAGES: Mapping[str, str] = MappingProxyType(
    {
        "field": "docs/contributing/add-a-field.md",
        "route": "docs/contributing/add-a-route.md",
        "projection": "docs/contributing/add-a-projection.md",
    }
)
"""Example → its page."""

EVENT = {"id": "e1", "type": "t", "subject": "cup", "tenant": "acme", "payload": 1}
"""An event that all of the examples have to do with."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MORE = ("eleven", "twelve", "thirteen", "fourteen", "fifteen")


def patch(example: str) -> str:
    """The diff of an example."""
    return (EXAMPLES / f"{example}.patch").read_text("utf-8")


def count(example: str) -> str:
    """How many files it touches, in a word."""
    return (*_NUMBERS, *_MORE)[len(files(patch(example)))]


def written(example: str) -> str:
    """The text of an example's page, with the example as it is."""
    shown = "".join(
        line
        for line in patch(example).splitlines(keepends=True)
        if not line.startswith(("index ", "diff --git"))
    )
    page = (ROOT / PAGES[example]).read_text("utf-8")
    return put_in(page, {"example": f"```diff\n{shown}```\n"})


def copied_with_examples(tree: Path) -> Path:
    """A copy of the code at `tree`, with all examples in it.

    Raises:
        MovedError: the code is no longer what an example was written for.
    """
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT, symlinks=True)
    for example in PAGES:
        apply(patch(example), tree)
    return tree


def main() -> int:
    """Write every page."""
    for example, page in PAGES.items():
        (ROOT / page).write_text(written(example), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
