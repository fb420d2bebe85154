"""A type's listing, page by page, in both directions.

Invariant: a page is a function of its cursor alone: a place in the listing and, where the page is
the one before it, a mark. So walking back costs what walking on costs, and keeps no state.
"""

from collections.abc import Callable
from dataclasses import replace

from api.cursor import Cursors
from api.page import MAX_PAGE_BYTES
from domain.event import Event
from projections.by_type_listing import ByTypeListing, Listing

_BEFORE = "<"  # no place begins so: those are times


class ListingPages:
    """The pages of one listing; their cursors open for it alone."""

    def __init__(self, listing: ByTypeListing, wanted: Listing, cursors: Cursors) -> None:
        self._listing = listing
        self._wanted = wanted
        self._cursors = cursors
        span = (wanted.type, wanted.start, wanted.end)
        self._bound = ["events", *span, str(wanted.descending)]

    def page(
        self, cursor: str | None, *, limit: int, text_of: Callable[[Event], str]
    ) -> tuple[list[str], str | None, str | None]:
        """A page's events, and the cursors of the next and of the previous page, if there are any.

        Raises:
            ProblemError: the cursor is not of this listing.
            LogUnavailableError: try again.
        """
        place = None if cursor is None else self._cursors.open(cursor, query=self._bound)
        is_before = place is not None and place.startswith(_BEFORE)
        wanted = self._wanted
        page = self._listing.page(
            replace(wanted, descending=not wanted.descending) if is_before else wanted,
            after=place.removeprefix(_BEFORE) if place else None,
            limit=limit,
            max_bytes=MAX_PAGE_BYTES,
            text_of=text_of,
        )
        if is_before:
            return page.events[::-1], self._sealed(page.first), self._back(page.next)
        return page.events, self._sealed(page.next), self._back(page.first) if place else None

    def _back(self, place: str | None) -> str | None:
        return None if place is None else self._sealed(f"{_BEFORE}{place}")

    def _sealed(self, place: str | None) -> str | None:
        return None if place is None else self._cursors.seal(place, query=self._bound)
