"""What `verify` compares, what it leaves out and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from domain.item import Item
from domain.timestamps import format_utc
from projections.by_type_rows import recorded_at

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_HORIZON = timedelta(days=1)
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)

Kind = Literal["missing", "different", "extra", "unreadable"]
"""Not there; there, but otherwise; there, but should not be; in the log, but no event."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One item that is not as the log says: `id` is an event's id, or a type for `of` "type"."""

    kind: Kind
    of: Literal["row", "type", "document", "event"]
    id: str
    key: tuple[str, str] | None = None


Found = Callable[[Difference], None]
"""Takes each difference as it is found."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The tables that are compared, and the projection's number of shards."""

    client: DynamoDBClient
    log_table: str
    by_type_table: str
    shards: int


@dataclass(frozen=True, slots=True)
class Young:
    """The events that are left out: their rows may still be on their way.

    Those are recorded at or after `start`, and before `end`, a day later: a time that far in the
    future is a fault of a clock, which does not keep an event from being compared.
    """

    start: str
    end: str

    @classmethod
    def at(cls, now: datetime, *, lag: timedelta) -> Young:
        """What is younger than the lag at a moment, or appended in the day after it."""
        return cls(format_utc(now - lag), format_utc(now + _HORIZON))

    def __contains__(self, row: Item) -> bool:
        """Whether the event of a row is left out."""
        return self.has(recorded_at(row["sk"]["S"]))

    def has(self, at: str) -> bool:
        """Whether an event that was recorded then is left out."""
        return self.start <= at < self.end and _TIMESTAMP.fullmatch(at) is not None


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared: events and rows, those left out as too young, and what differs by kind.

    `rows` are the projection's items, whatever it calls them. `expired` events are left out too:
    they are of a time that the projection does not keep.
    """

    log_events: int
    rows: int
    left_out: int
    differences: dict[str, int]
    expired: int = 0

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not self.differences
