"""Reading as dialogues: one event, and listings page by page.

Invariant: a page is asked for only when the one before it is used up.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypedDict, TypeVar

from api.client.dialogue import Asking, Dialogue, Found, Request, asked
from api.client.events import Event, TypeSeen
from api.client.raw_json import items_of
from api.client.retries import Retries
from domain.timestamps import format_utc

T = TypeVar("T")
Moment = datetime | str
Query = tuple[tuple[str, str], ...]


class Span(TypedDict, total=False):
    """Which part of a listing, and how.

    `since` (inclusive) and `until` (exclusive) compare with `recorded_at`: aware datetimes, or
    texts of RFC 3339. `page_size` is how many events one request asks for.
    """

    since: Moment
    until: Moment
    order: Literal["desc", "asc"]
    page_size: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a listing, the cursor of the next page (None at the end), and when it was read.

    That is by the API's own clock, in whole seconds.
    """

    items: list[T]
    cursor: str | None
    date: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """What is asked for page by page: `name` is the member of the answer that has the items."""

    path: str
    name: str
    item: Callable[[str], T]
    query: Query
    retries: Retries

    def page(self, cursor: str | None) -> Asking[Page[T]]:
        """The page that a cursor leads to; for None the first."""
        behind = () if cursor is None else (("cursor", cursor),)
        request = Request("GET", self.path, self.query + behind)
        answer = yield from asked(request, retries=self.retries)
        members = answer.members(self.name, "next_cursor")
        items = [self.item(text) for text in items_of(members[self.name])]
        return Page(items, json.loads(members["next_cursor"]), answer.date)

    def every(self) -> Dialogue[T]:
        """The items of all pages."""
        cursor = None
        while True:
            page = yield from self.page(cursor)
            for item in page.items:
                yield Found(item)
            if (cursor := page.cursor) is None:
                return


def get(id: str, *, source: str | None, retries: Retries) -> Dialogue[Event]:
    """The event with an id, of a source; asked for in the query, which carries all unharmed."""
    query = (("id", id),) if source is None else (("id", id), ("source", source))
    answer = yield from asked(Request("GET", "/events", query), retries=retries)
    yield Found(Event.of(answer.text))


def types(*, retries: Retries) -> Listing[TypeSeen]:
    """The types that there are."""
    query = (("limit", "100"),)
    return Listing(path="/types", name="types", item=TypeSeen.of, query=query, retries=retries)


def events_of(type: str, span: Span, *, retries: Retries) -> Listing[Event]:
    """The events of a type."""
    return _events("/events", (("type", type), *_query_of(span)), retries=retries)


def found(
    text: str | None,
    *,
    types: Iterable[str],
    filters: Iterable[str],
    span: Span,
    retries: Retries,
) -> Listing[Event]:
    """The events that a search finds."""
    words = () if text is None else (("q", text),)
    repeated = [("type", type) for type in types] + [("filter", one) for one in filters]
    return _events("/search", (*words, *repeated, *_query_of(span)), retries=retries)


def _events(path: str, query: Query, *, retries: Retries) -> Listing[Event]:
    return Listing(path=path, name="events", item=Event.of, query=query, retries=retries)


def _query_of(span: Span) -> Query:
    names = {"from": span.get("since"), "to": span.get("until")}
    query = [(name, _text(moment)) for name, moment in names.items() if moment is not None]
    if "order" in span:
        query.append(("order", span["order"]))
    if "page_size" in span:
        query.append(("limit", str(span["page_size"])))
    return tuple(query)


def _text(moment: Moment) -> str:
    if isinstance(moment, str):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return format_utc(moment)
