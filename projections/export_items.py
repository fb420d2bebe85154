"""The items of an export of the log, as the records that the stream had of them.

Invariant: what cannot be projected is parked as such a record, so that one redrive takes it,
whether the stream or an export brought it.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.errors import UnreadableItemError
from domain.event import Event
from domain.timestamps import to_utc
from projections.stream import RawRecord, read_record


@dataclass(frozen=True, slots=True)
class ReadItems:
    """Some items: the records of those that are events, by id, their events, and the others."""

    records: dict[str, RawRecord]
    events: list[Event]
    unreadable: list[tuple[RawRecord, str]]


def read_items(lines: list[bytes]) -> ReadItems:
    """Lines of a data file → their events, and what is wrong with the other items.

    Raises:
        ValueError, KeyError, TypeError: a line is not an item of the log table at all.
    """
    read = ReadItems({}, [], [])
    for line in lines:
        record = record_of(line)
        try:
            event = read_record(record)
        except UnreadableItemError as error:
            read.unreadable.append((record, str(error)))
        else:
            read.records[event.id] = record
            read.events.append(event)
    return read


def record_of(line: bytes) -> RawRecord:
    """A line of a data file → the INSERT record of its item: as Lambda has it, base64 and all.

    Its day is that of the append, for the same key each time that it is parked.
    """
    item: dict[str, Any] = json.loads(line)["Item"]
    return {
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "ApproximateCreationDateTime": _appended(item),
            "Keys": {"id": item["id"]},
            "NewImage": item,
            "SequenceNumber": f"export-{_digest(item['id']['S'])}",
        },
    }


def _digest(id: str) -> str:
    """What stands in for the sequence number that an export has not: one for each id."""
    return hashlib.sha256(id.encode()).hexdigest()[:32]


def _appended(item: dict[str, Any]) -> float:
    """Epoch seconds of the append; 0 where the item does not tell."""
    try:
        return datetime.fromisoformat(to_utc(item["recorded_at"]["S"])).timestamp()
    except (KeyError, TypeError, ValueError):
        return 0.0
