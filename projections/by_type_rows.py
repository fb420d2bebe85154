"""The by-type table's layout: which key an event has there, and what its row carries.

Invariant: key and row are functions of the event alone, so writing one twice, late or out of order
changes nothing. No text of a user can break a key apart: what is variable comes last, or behind
the last `#`.

| item         | pk           | sk               | carries                     |
|--------------|--------------|------------------|-----------------------------|
| row          | `type#shard` | `recorded_at#id` | the envelope, maybe payload |
| type's entry | `types`      | `type`           | nothing                     |
"""

import hashlib
import zlib
from collections.abc import Mapping

from domain.event import Event
from domain.item import Attribute, Item, event_of, item_bytes, item_of

BY_TYPE = "by-type"
"""The projection's name: in keys of parked records, in commands and metrics."""

BY_TYPE_REPLAY = "by-type-replay"
"""What the replay of an export into it is called in metrics."""

WRITE_UNIT_BYTES = 1024
"""A row costs one write unit up to this size, with the payload or without."""

TYPES_PARTITION = "types"
"""Holds no `#`, which every row's partition key does."""

PAYLOAD_BYTES = "payload_bytes"

_SORT_KEY_BYTES = 1024
_TIME_CHARACTERS = len("2026-01-31T12:00:00.000000Z")
_IN_KEY = ("type", "recorded_at", "id")


def partition_key(type: str, shard: int) -> str:
    """The key of one shard of a type's rows."""
    return f"{type}#{shard}"


def shard_of(id: str, *, shards: int) -> int:
    """The shard, from 0 to `shards` - 1, that an event id belongs to: stable everywhere."""
    return zlib.crc32(id.encode()) % shards


def sort_key(event: Event) -> str:
    """The place in time order; ids decide among events of one microsecond.

    An id that DynamoDB's 1,024 bytes do not hold beside the time stands as its SHA-256.
    """
    key = f"{event.recorded_at}#{event.id}"
    if len(key.encode()) <= _SORT_KEY_BYTES:
        return key
    return f"{event.recorded_at}#{hashlib.sha256(event.id.encode()).hexdigest()}"


def row_of(event: Event, *, shards: int) -> Item:
    """The event's row: whole while it costs one write unit, else without its payload."""
    row = {name: value for name, value in item_of(event).items() if name not in _IN_KEY}
    row["pk"] = {"S": partition_key(event.type, shard_of(event.id, shards=shards))}
    row["sk"] = {"S": sort_key(event)}
    if row["sk"]["S"][_TIME_CHARACTERS + 1 :] != event.id:
        row["id"] = {"S": event.id}
    if item_bytes(row) > WRITE_UNIT_BYTES:
        row[PAYLOAD_BYTES] = {"S": str(len(row.pop("payload")["S"].encode()))}
    return row


def entry_of(type: str) -> Item:
    """The item that makes a type known."""
    return {"pk": {"S": TYPES_PARTITION}, "sk": {"S": type}}


def event_of_row(row: Mapping[str, Attribute], *, payload: str | None = None) -> Event:
    """The event of a row; `payload` is that of the log where the row carries none."""
    item = {name: value for name, value in row.items() if name not in {"pk", "sk", PAYLOAD_BYTES}}
    item["type"] = {"S": row["pk"]["S"].rpartition("#")[0]}
    item["recorded_at"] = {"S": recorded_at(row["sk"]["S"])}
    item["id"] = {"S": id_of_row(row)}
    if payload is not None:
        item["payload"] = {"S": payload}
    return event_of(item)


def id_of_row(row: Mapping[str, Attribute]) -> str:
    """The id of a row's event."""
    return row["id"]["S"] if "id" in row else row["sk"]["S"][_TIME_CHARACTERS + 1 :]


def recorded_at(sort_key: str) -> str:
    """The time part of a sort key."""
    return sort_key[:_TIME_CHARACTERS]
