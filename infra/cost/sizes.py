"""What an event takes by the size of its payload, from DynamoDB's rules of item sizes.

`tests/infra/test_cost.py` checks the units on the real engine.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

import json
import math
from dataclasses import dataclass

from domain.event import Event
from domain.item import item_bytes, item_of
from projections.by_type_rows import row_of

PAYLOADS = {"100 B": 100, "1 KB": 1_000, "8 KB": 8_000, "100 KB": 100_000}
CALLER = "arn:aws:sts::123456789012:assumed-role/orders/i-0123456789abcdef0"
_WRITE_UNIT, _READ_UNIT = 1024, 4096
_ID = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"


@dataclass(frozen=True, slots=True)
class Taken:
    """One event's bytes and units: in the log, by type, and to read it eventually consistent."""

    log_bytes: int
    row_bytes: int

    @property
    def log_writes(self) -> int:
        """Write units of the log."""
        return math.ceil(self.log_bytes / _WRITE_UNIT)

    @property
    def row_writes(self) -> int:
        """Write units of the by-type table."""
        return math.ceil(self.row_bytes / _WRITE_UNIT)

    @property
    def reads(self) -> float:
        """Read units of GET by id."""
        return math.ceil(self.log_bytes / _READ_UNIT) / 2


def event_of(payload_bytes: int, *, id: str = _ID) -> Event:
    """An event whose payload has so many bytes, with an id as the log makes them."""
    return Event(
        id=id,
        type="order.placed",
        payload=json.dumps("x" * (payload_bytes - 2)),
        recorded_at="2026-11-24T10:00:00.000000Z",
        recorded_by=CALLER,
        hash="00" * 32,
    )


def taken(payload_bytes: int) -> Taken:
    """What an event takes whose payload has so many bytes."""
    event = event_of(payload_bytes)
    return Taken(item_bytes(item_of(event)), item_bytes(row_of(event, shards=4)))
