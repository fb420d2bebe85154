"""The log in a dict: the reference that other stores are compared with, and a fake for tests.

Invariant: it answers every call as the DynamoDB log does; one contract suite runs on both.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from domain.errors import EventLogError
from domain.event import Event, NewEvent
from domain.log import Appended, Outcome, append_each, compared, refuse_too_large
from domain.timestamps import format_utc


class MemoryLog:
    """A `Log` whose `events`, by id, can be looked at."""

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.events: dict[str, Event] = {}
        self._now = now
        self._lock = threading.Lock()

    def append(self, event: NewEvent, *, recorded_by: str | None = None) -> Appended:
        """As `Log.append`."""
        recorded = event.recorded(at=format_utc(self._now()), by=recorded_by)
        refuse_too_large(recorded)
        outcome = self._append_recorded(recorded)
        if isinstance(outcome, EventLogError):
            raise outcome
        return outcome

    def append_many(
        self, events: Sequence[NewEvent], *, recorded_by: str | None = None
    ) -> list[Outcome]:
        """As `Log.append_many`."""
        at = format_utc(self._now())
        recorded = [event.recorded(at=at, by=recorded_by) for event in events]
        return append_each(recorded, lambda unique: [self._append_recorded(e) for e in unique])

    def get(self, id: str) -> Event | None:
        """As `Log.get`."""
        return self.events.get(id)

    def _append_recorded(self, event: Event) -> Outcome:
        with self._lock:
            stored = self.events.setdefault(event.id, event)
        return Appended(stored, created=True) if stored is event else compared(event, stored)
