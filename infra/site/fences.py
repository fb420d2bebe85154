"""Fenced blocks of a Markdown text (CommonMark 0.31, "Fenced code blocks").

Invariant: the lines of all parts, one after the other, are the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`]*)$")
_TITLE = re.compile(r'title="([^"]*)"')


@dataclass(frozen=True)
class Fence:
    """A fenced block: `line` is that of its opening, `info` what stands there; `lines` are inside.

    The indent of the opening is taken off the lines inside.
    """

    line: int
    indent: str
    ticks: str
    info: str
    lines: tuple[str, ...]

    @property
    def language(self) -> str:
        """The first word of the info string; "" where there is none."""
        return self.info.split(" ")[0]

    @property
    def marks(self) -> frozenset[str]:
        """The further words, which say how the tests deal with the block."""
        return frozenset(_TITLE.sub("", self.info).split()[1:])

    @property
    def title(self) -> str | None:
        """The name of the file that the block is, if it is one."""
        found = _TITLE.search(self.info)
        return found[1] if found else None

    @property
    def text(self) -> str:
        """What is inside, with a line break at its end."""
        return "".join(f"{line}\n" for line in self.lines)

    def shown(self) -> str:
        """The block as a reader sees it: without the marks."""
        title = f' title="{self.title}"' if self.title else ""
        inside = "".join(f"{self.indent}{line}".rstrip() + "\n" for line in self.lines)
        opening = f"{self.indent}{self.ticks}{self.language}{title}"
        return f"{opening}\n{inside}{self.indent}{self.ticks}\n"


class UnclosedFenceError(Exception):
    """A fence at this line is not closed."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}: the fence that opens here is not closed")


def parts(text: str) -> Iterator[str | Fence]:
    """A text's lines outside of fences, each with its line break, and its fences, in order.

    Raises:
        UnclosedFenceError: one of the fences goes on to the end of the text.
    """
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, line in lines:
        opening = _OPENING.match(line)
        if not opening:
            yield f"{line}\n"
            continue
        indent, ticks, info = opening["indent"], opening["ticks"], opening["info"].strip()
        inside = []
        for _, within in lines:
            if within.strip() == ticks:
                break
            inside.append(within.removeprefix(indent))
        else:
            raise UnclosedFenceError(number)
        yield Fence(number, indent, ticks, info, tuple(inside))


def fences(text: str) -> Iterator[Fence]:
    """The fences of a text alone."""
    return (part for part in parts(text) if isinstance(part, Fence))
