"""Compares the by-type table's entries of types with the types that the log's events have.

Invariant: at most 10,000 types are held at a time; a log of more is read once per 10,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from threading import Event as Flag
from threading import Lock
from typing import TYPE_CHECKING, cast

from domain.item import Item
from projections.by_type_rows import TYPES_PARTITION, entry_of
from projections.differences import Difference, Found
from projections.keyed_items import KeyedItems
from projections.log_scan import Segment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TYPES_AT_ONCE = 10_000


class TypeComparison:
    """Compares while the log is read; with `mend`, what differs is made as the log says."""

    def __init__(
        self,
        entries: Iterable[Item],
        rows: KeyedItems,
        *,
        found: Found,
        mend: bool,
        types_at_once: int = _TYPES_AT_ONCE,
    ) -> None:
        self._types_at_once = types_at_once
        self._entries = iter(entries)
        self._rows = rows
        self._found = found
        self._mend = mend
        self._lock = Lock()
        self._known: set[str] = set()
        self._unseen: set[str] = set()
        self._missing: set[str] = set()

    def next_types(self) -> bool:
        """Take the next entries to look for in the log; False if there are no more.

        They are read before the log is, so that the first event of a type, appended meanwhile,
        cannot make its entry look like one without events.
        """
        entries = list(islice(self._entries, self._types_at_once))
        for entry in entries:
            if entry != entry_of(type := entry["sk"]["S"]):
                self._report(Difference("different", "type", type), Flag())
        self._known = {entry["sk"]["S"] for entry in entries}
        self._unseen = set(self._known)
        return bool(entries)

    def seen(self, types: set[str]) -> None:
        """Events of the log have these types."""
        with self._lock:
            self._unseen -= types

    def expected(self, types: set[str], segment: Segment) -> None:
        """These types must have an entry: name those that have none."""
        with self._lock:
            unknown = types - self._known - self._missing
        keys = [entry_of(type) for type in unknown]
        there = self._rows.read(keys, stopped=segment.stopped) if keys else ()
        absent = unknown - {entry["sk"]["S"] for entry in there}
        with self._lock:
            absent -= self._missing
            if len(self._missing) > self._types_at_once:
                self._missing.clear()  # at the price of naming a type again
            self._missing |= absent
        for type in absent:
            self._report(Difference("missing", "type", type), segment.stopped)

    def report_unseen(self) -> None:
        """The log is read: name the entries whose type no event has."""
        for type in sorted(self._unseen):
            self._report(Difference("extra", "type", type), Flag())

    def _report(self, difference: Difference, stopped: Flag) -> None:
        self._found(difference)
        if not self._mend:
            return
        entry = entry_of(difference.id)
        if difference.kind == "extra":
            self._rows.delete([entry], stopped=stopped)
        else:
            self._rows.put([entry], stopped=stopped)


def type_entries(client: DynamoDBClient, *, table: str) -> Iterator[Item]:
    """All entries of types, lazily page by page."""
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :types",
        ExpressionAttributeValues={":types": {"S": TYPES_PARTITION}},
        ConsistentRead=True,
    )
    for page in pages:
        yield from cast("list[Item]", page["Items"])
