"""Tables in Markdown, and a document with them put in.

Invariant: a table stands between `<!-- NAME -->` and `<!-- /NAME -->`; all else is by hand.
"""

from collections.abc import Iterable, Mapping, Sequence


class MissingTableError(Exception):
    """The document has no place for a table."""


def put_in(text: str, tables: Mapping[str, str]) -> str:
    """A document's text with each table made anew.

    Raises:
        MissingTableError: the markers of one are not there.
    """
    for name, computed in tables.items():
        before, opened, rest = text.partition(f"<!-- {name} -->\n")
        _, closed, after = rest.partition(f"<!-- /{name} -->")
        if not closed:
            raise MissingTableError(name)
        text = before + opened + computed + closed + after
    return text


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text, and whose others are numbers."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def money(dollars: float, *, cents: bool = True) -> str:
    """Rounded, halves up; without `cents`, to the dollar."""
    return f"${dollars + 1e-9:,.2f}" if cents else f"${dollars + 1e-9:,.0f}"
