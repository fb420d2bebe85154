"""The folder that the site is built from: the documents, and a page for all that they link to."""

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from infra.bundling import ROOT
from infra.site.pages import DOCS, page, place

DECISIONS = DOCS / "decisions"


def write_tree(to: Path, *, root: Path = ROOT) -> None:
    """Make the folder anew.

    Raises:
        BrokenLinkError: a document links to what is not in the repository.
    """
    shutil.rmtree(to, ignore_errors=True)
    waiting = [DECISIONS, *_documents(root)]
    known = set(waiting)

    def found(file: PurePosixPath) -> None:
        if file not in known:
            known.add(file)
            waiting.append(file)

    while waiting:
        file = waiting.pop()
        target = to / place(file, root=root)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.is_relative_to(DOCS) and file.suffix not in {"", ".md"}:
            shutil.copyfile(root / file, target)
        else:
            target.write_text(page(file, found=found, root=root), "utf-8")


def _documents(root: Path) -> Iterator[PurePosixPath]:
    for file in sorted((root / DOCS).rglob("*")):
        if file.is_file():
            yield PurePosixPath(file.relative_to(root).as_posix())
