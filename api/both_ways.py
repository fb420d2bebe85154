"""A listing page by page, in both directions.

Invariant: a page is a function of its cursor alone: a place in the listing, and a mark of the way
that it is read from there. So walking back costs what walking on costs, and keeps no state.
"""

from collections.abc import Callable
from typing import TypeVar

from api.cursor import Cursors

Item = TypeVar("Item")

Read = Callable[[bool, str | None], tuple[list[Item], str | None, str | None]]
"""Reads a page, backwards or not, behind a place if there is one.

Gives its items in the order that they were read in, the place to go on from, and the first's place.
"""

_ON, _BACK = ">", "<"


def page_of(
    cursor: str | None, read: Read[Item], *, cursors: Cursors, bound: list[str]
) -> tuple[list[Item], str | None, str | None]:
    """A page's items, and the cursors of the next and of the previous page, if there are any.

    `bound` describes the listing; its cursors open for it alone. The first page leads on only.

    Raises:
        ProblemError: the cursor is not of this listing.
    """
    place = None if cursor is None else cursors.open(cursor, query=bound)
    is_before = place is not None and place.startswith(_BACK)
    items, following, first = read(is_before, place[1:] if place else None)

    def sealed(way: str, behind: str | None) -> str | None:
        return None if behind is None else cursors.seal(f"{way}{behind}", query=bound)

    if is_before:
        return items[::-1], sealed(_ON, first), sealed(_BACK, following)
    return items, sealed(_ON, following), sealed(_BACK, first) if place else None
