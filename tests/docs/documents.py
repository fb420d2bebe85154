"""The documents whose samples are run, and the samples in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.bundling import ROOT
from infra.site.fences import Fence, fences, parts

DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)

_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")


@dataclass(frozen=True)
class Sample:
    """A fenced block of a document."""

    document: str
    fence: Fence

    def at(self, line: int = 0) -> str:
        """Where line `line` of the block is; the first inside is 1."""
        return f"{self.document}:{self.fence.line + line}"


def samples(document: Path) -> Iterator[Sample]:
    """The fenced blocks of a document, in order."""
    name = document.relative_to(ROOT).as_posix()
    return (Sample(name, fence) for fence in fences(document.read_text("utf-8")))


def codes(document: Path) -> Iterator[str]:
    """What stands between backticks in the text of a document, each as one line."""
    lines = (part for part in parts(document.read_text("utf-8")) if not isinstance(part, Fence))
    return (" ".join(code.split()) for code in _CODE.findall("".join(lines)))
