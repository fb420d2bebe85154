"""Lists one type's events in time order, out of all its shards, and the types there are.

Invariant: a page costs about a page, whatever the size of the table. Each shard is queried for
little more than its share, and asked again only when the merge has used that up.
"""

import heapq
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from domain.event import Event
from domain.item import Item
from projections.by_type_queries import ByTypeQueries, Range
from projections.by_type_rows import (
    PAYLOAD_BYTES,
    TYPES_PARTITION,
    event_of_row,
    id_of_row,
    partition_key,
    recorded_at,
)
from projections.page import Page

Payloads = Callable[[list[str]], dict[str, str]]
"""Ids → their payloads' texts out of the log; an id that the log has no more is left out."""

_STANDARD_DEVIATIONS = 3
_HYDRATED_BYTES = 4_000_000
_HYDRATED_EVENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The events of one type recorded at or after `start` and before `end`, in an order."""

    type: str
    start: str = "0"  # below every timestamp
    end: str = "~"  # above every timestamp
    descending: bool = True


@dataclass(frozen=True, slots=True)
class TypeSeen:
    """A type, and when the first and the last of its events were recorded."""

    type: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class TypesPage:
    """Some types in order; `next` is the place to go on from, None at the end.

    `first` is the place of the first type, if there is any.
    """

    types: list[TypeSeen]
    next: str | None
    first: str | None = None


class ByTypeListing:
    """Lists out of a table that spreads each type over `shards` partitions."""

    def __init__(self, queries: ByTypeQueries, *, shards: int, payloads: Payloads) -> None:
        self._queries = queries
        self._shards = shards
        self._payloads = payloads

    def page(
        self,
        listing: Listing,
        *,
        after: str | None,
        limit: int,
        max_bytes: int,
        text_of: Callable[[Event], str] = Event.to_json,
    ) -> Page:
        """At most `limit` events behind the sort key `after`, in at most `max_bytes` of answer.

        The bytes are those of the events' JSON as a JSON string, which is how a Lambda answer
        carries it. One event is given however large it is.

        Raises:
            LogUnavailableError: try again.
        """
        rows = list(islice(self._merged(listing, after=after, limit=limit), limit + 1))
        events: list[str] = []
        first, last, size = None, after, 0
        for row, event in self._hydrated(rows[:limit]):
            if event is not None:
                text = text_of(event)
                size += len(json.dumps(text))
                if events and size > max_bytes:
                    return Page(events, last, first)
                events.append(text)
                first = first or row["sk"]["S"]
            last = row["sk"]["S"]
        return Page(events, last if len(rows) > limit else None, first)

    def types(self, *, after: str | None, limit: int, descending: bool = False) -> TypesPage:
        """At most `limit` types behind the type `after`, by code point.

        Costs two queries per type and shard, each for one row.

        Raises:
            LogUnavailableError: try again.
        """
        [entries] = self._queries.rows(
            [Range(partition=TYPES_PARTITION, after=after, descending=descending)], limit=limit + 1
        )
        names = [entry["sk"]["S"] for entry in islice(entries, limit + 1)]
        listed = names[:limit]
        edges = [edge for name in listed for edge in self._edges(name)]
        times = [
            [recorded_at(row["sk"]["S"]) for row in islice(rows, 1)]
            for rows in self._queries.rows(edges, limit=1)
        ]
        per_type = 2 * self._shards
        seen = []
        for index, name in enumerate(listed):
            found = sorted(
                time for edge in times[index * per_type : (index + 1) * per_type] for time in edge
            )
            if found:  # else its first event's row is still to come
                seen.append(TypeSeen(name, found[0], found[-1]))
        following = listed[-1] if len(names) > limit else None
        return TypesPage(seen, following, listed[0] if listed else None)

    def _edges(self, type: str) -> list[Range]:
        forwards = [Range(partition=partition_key(type, shard)) for shard in range(self._shards)]
        return forwards + [replace(edge, descending=True) for edge in forwards]

    def _merged(self, listing: Listing, *, after: str | None, limit: int) -> Iterator[Item]:
        """All shards' rows in order, from lazy queries.

        A row met twice is given once: the same event can stand in two shards after a change of
        their number.
        """
        ranges = [
            Range(
                partition=partition_key(listing.type, shard),
                low=listing.start,
                high=listing.end,
                after=after,
                descending=listing.descending,
            )
            for shard in range(self._shards)
        ]
        shards = self._queries.rows(ranges, limit=_share(limit + 1, shards=self._shards))
        previous = None
        for row in heapq.merge(*shards, key=_sort_key, reverse=listing.descending):
            if _sort_key(row) != previous:
                yield row
            previous = _sort_key(row)

    def _hydrated(self, rows: list[Item]) -> Iterator[tuple[Item, Event | None]]:
        """Each row with its event; None for one whose payload the log has no more."""
        for chunk in _chunks(rows):
            ids = [id_of_row(row) for row in chunk if PAYLOAD_BYTES in row]
            payloads = self._payloads(ids) if ids else {}
            for row in chunk:
                if PAYLOAD_BYTES not in row:
                    yield row, event_of_row(row)
                elif (payload := payloads.get(id_of_row(row))) is not None:
                    yield row, event_of_row(row, payload=payload)
                else:
                    yield row, None


def _sort_key(row: Item) -> str:
    return row["sk"]["S"]


def _share(rows: int, *, shards: int) -> int:
    """How many of `rows` to ask one shard for, so that a second query is rare (binomial)."""
    mean = rows / shards
    deviation = math.sqrt(mean * (1 - 1 / shards))
    return min(rows, math.ceil(mean + _STANDARD_DEVIATIONS * deviation))


def _chunks(rows: list[Item]) -> Iterator[list[Item]]:
    """Rows in groups whose payloads are read together: bounded in number and bytes."""
    chunk: list[Item] = []
    size = 0
    for row in rows:
        size += int(row[PAYLOAD_BYTES]["S"]) if PAYLOAD_BYTES in row else 0
        if chunk and (size > _HYDRATED_BYTES or len(chunk) == _HYDRATED_EVENTS):
            yield chunk
            chunk, size = [], int(row[PAYLOAD_BYTES]["S"]) if PAYLOAD_BYTES in row else 0
        chunk.append(row)
    if chunk:
        yield chunk
