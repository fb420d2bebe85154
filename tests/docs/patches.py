"""Unified diffs as worked examples: applied to a copy of the sources, and shown in the documents.

Invariant: a hunk fits where its lines stand, and stand once; the line numbers do not count, so that
code which moves within its file breaks no example.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FILE = re.compile(r"^diff --git a/(\S+) b/\S+$")
_SKIPPED = ("index ", "new file mode ", "--- ", "+++ ")


class MovedError(Exception):
    """The lines that a hunk changes are not in its file, or more than once."""


@dataclass(frozen=True)
class Hunk:
    """Lines of a file, and what they become; without `old`, the file is new."""

    file: str
    old: str
    new: str


def hunks(patch: str) -> Iterator[Hunk]:
    """The hunks of a diff, as `git diff` writes it."""
    file, old, new, inside = "", "", "", False
    for line in [*patch.splitlines(), "diff --git a/end b/end"]:
        found = _FILE.match(line)
        if found or line.startswith("@@ "):
            if inside:
                yield Hunk(file, old, new)
            old, new, inside = "", "", not found
            file = found[1] if found else file
        elif inside:
            old += "" if line.startswith("+") else f"{line[1:]}\n"
            new += "" if line.startswith("-") else f"{line[1:]}\n"
        elif not line.startswith(_SKIPPED):
            raise ValueError(f"no line of a diff: {line}")


def apply(patch: str, root: Path) -> None:
    """Change the files below `root`.

    Raises:
        MovedError: a file is no longer what the diff was written for.
    """
    for hunk in hunks(patch):
        path = root / hunk.file
        if not hunk.old:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(hunk.new, "utf-8")
            continue
        source = path.read_text("utf-8")
        if source.count(hunk.old) != 1:
            raise MovedError(f"{hunk.file} no longer has, or has more than once:\n{hunk.old}")
        path.write_text(source.replace(hunk.old, hunk.new), "utf-8")


def files(patch: str) -> list[str]:
    """The files that a diff changes or makes, each once, in its order."""
    return list(dict.fromkeys(hunk.file for hunk in hunks(patch)))
