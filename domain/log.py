"""The log's port: what every store of events guarantees to those who append and read.

Invariant: an event in the log is never changed and never replaced.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.errors import EventConflictError, EventLogError, EventTooLargeError
from domain.event import Event, NewEvent
from domain.item import MAX_ITEM_BYTES, item_bytes, item_of


@dataclass(frozen=True, slots=True)
class Appended:
    """The event is in the log: `created` by this call, or found there with the same content."""

    event: Event
    created: bool


Outcome = Appended | EventLogError
"""What became of one event of a batch; an error is what `append` would have raised."""


class Log(Protocol):
    """An append-only set of events, unique by id.

    - What `append` answers is durable: no buffer stands between the caller and the store.
    - Of any number of concurrent appends of one id, exactly one creates.
    - An event that was appended is found by `get` at once.
    """

    def append(self, event: NewEvent, *, recorded_by: str | None = None) -> Appended:
        """Append one event; the same event again finds the stored one.

        Raises:
            EventConflictError: the id is taken by an event with other content.
            EventTooLargeError: the store cannot hold it.
            LogUnavailableError: try again; nothing, or the whole event, was stored.
        """
        ...

    def append_many(
        self, events: Sequence[NewEvent], *, recorded_by: str | None = None
    ) -> list[Outcome]:
        """Append each event on its own: one outcome per event, in order, never all-or-nothing.

        An id that comes twice is appended once, its first event winning.
        """
        ...

    def get(self, id: str) -> Event | None:
        """The event with this id.

        Raises:
            LogUnavailableError: try again.
        """
        ...


def compared(event: Event, stored: Event) -> Outcome:
    """The outcome of appending an event whose id is in the log already."""
    if event.hash != stored.hash:
        return EventConflictError(stored)
    return Appended(stored, created=False)


def refuse_too_large(event: Event) -> None:
    """Measure an event as the store will.

    Raises:
        EventTooLargeError: one item cannot hold it.
    """
    size = item_bytes(item_of(event))
    if size > MAX_ITEM_BYTES:
        raise EventTooLargeError(size=size, limit=MAX_ITEM_BYTES)


def append_each(
    events: Sequence[Event], append_unique: Callable[[list[Event]], list[Outcome]]
) -> list[Outcome]:
    """One outcome per event, in order, by one append of the first fitting event of each id."""
    too_large: dict[int, EventLogError] = {}
    first: dict[str, Event] = {}
    for index, event in enumerate(events):
        try:
            refuse_too_large(event)
        except EventTooLargeError as error:
            too_large[index] = error
        else:
            first.setdefault(event.id, event)
    found = dict(zip(first, append_unique(list(first.values())), strict=True))

    def outcome(index: int, event: Event) -> Outcome:
        if index in too_large:
            return too_large[index]
        if event is first[event.id]:
            return found[event.id]
        return _repeated(event, found[event.id])

    return [outcome(index, event) for index, event in enumerate(events)]


def _repeated(event: Event, first: Outcome) -> Outcome:
    """The outcome of an event whose id stood earlier in the batch, where `first` came of it."""
    if isinstance(first, Appended):
        return compared(event, first.event)
    if isinstance(first, EventConflictError):
        return compared(event, first.stored)
    return first
