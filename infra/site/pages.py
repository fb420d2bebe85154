"""What a page of the site is made of: a document of the repository, a source file or a folder.

Invariant: every link within the repository leads to a page of the site, so that the site needs
nothing but itself.
"""

import ast
import posixpath
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from infra.bundling import ROOT
from infra.site.fences import Fence, parts

DOCS = PurePosixPath("docs")
_LINK = re.compile(r"(?P<code>`+[^`\n]*`+)|\]\((?!https?:|#|mailto:)(?P<target>[^)#\s]+)")
_LANGUAGES = {".md": "markdown", ".py": "python", ".js": "javascript", ".css": "css"}


class BrokenLinkError(Exception):
    """A document links to what is not in the repository."""

    def __init__(self, document: PurePosixPath, target: str) -> None:
        super().__init__(f"{document}: {target} is not there")


def place(file: PurePosixPath, *, root: Path = ROOT) -> PurePosixPath:
    """Where in the site a file or folder of the repository is.

    Documents keep their places, other files have theirs below `source/`, as Markdown.
    """
    within = file.relative_to(DOCS) if file.is_relative_to(DOCS) else "source" / file
    if (root / file).is_dir():
        return within / "index.md"
    if file.suffix == ".md" or file.is_relative_to(DOCS):
        return within
    return within.with_name(f"{file.name}.md")


def page(file: PurePosixPath, *, found: Callable[[PurePosixPath], None], root: Path = ROOT) -> str:
    """The Markdown of a file's or a folder's page; `found` is told of each thing that it links to.

    Raises:
        BrokenLinkError: it links to what is not there.
    """
    path = root / file
    if path.is_dir():
        return _decisions(path) if file == DOCS / "decisions" else _folder(file, path)
    if file.suffix != ".md":
        return _source(file, path.read_text("utf-8"))
    lines = []
    for part in parts(path.read_text("utf-8")):
        if isinstance(part, Fence):
            lines.append(part.shown())
        else:
            lines.append(_LINK.sub(lambda match: _linked(match, file, found, root), part))
    return "".join(lines)


def _linked(
    match: re.Match[str], file: PurePosixPath, found: Callable[[PurePosixPath], None], root: Path
) -> str:
    if match["code"]:
        return match["code"]
    target = match["target"]
    aim = PurePosixPath(posixpath.normpath(file.parent / target))
    if not (root / aim).exists():
        raise BrokenLinkError(file, target)
    found(aim)
    here = place(file, root=root).parent
    return f"]({posixpath.relpath(place(aim, root=root), here)}"


def _source(file: PurePosixPath, text: str) -> str:
    language = _LANGUAGES.get(file.suffix, file.suffix.removeprefix("."))
    return f"# {file}\n\n`````{language}\n{text.rstrip()}\n`````\n"


def _folder(file: PurePosixPath, path: Path) -> str:
    """Each module of a folder, with the first sentence of its docstring."""
    rows = [f"| `{module.name}` | {_purpose(module)} |" for module in sorted(path.glob("*.py"))]
    return "\n".join([f"# {file}/", "", "| module | purpose |", "|---|---|", *rows, ""])


def _purpose(module: Path) -> str:
    said = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
    return " ".join(said.partition("\n\n")[0].split()).replace("|", "\\|")


def _decisions(path: Path) -> str:
    """Every decision by its title."""
    files = sorted(path.glob("[0-9]*.md"))
    lines = [f"- [{_title(file)}]({file.name})" for file in files]
    head = "Each page says what was decided, why, and what it costs."
    return "\n".join(["# Decisions", "", head, "", *lines, ""])


def _title(file: Path) -> str:
    return file.read_text("utf-8").partition("\n")[0].removeprefix("# ")
