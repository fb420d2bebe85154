"""Markdown: tables, and paragraphs of even lines."""

from collections.abc import Iterable, Sequence
from textwrap import fill


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The first column to the left, the others to the right; numbers with their thousands."""
    lines = [_row(head), "|".join(["", " --- ", *[" ---: "] * (len(head) - 1), ""])]
    return "\n".join([*lines, *(_row([cell(one) for one in row]) for row in rows)])


def cell(value: object) -> str:
    """A number as people read it; all else as it is."""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def wrapped(text: str) -> str:
    """The text with its paragraphs filled; headings, tables, lists and images stay as they are."""
    return (
        "\n\n".join(
            part if part[0] in "#|!-" else fill(part, 124, break_on_hyphens=False)
            for part in text.rstrip().split("\n\n")
        )
        + "\n"
    )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
