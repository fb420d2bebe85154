"""What can go wrong with an event or the log: exceptions that carry facts and know no HTTP."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.event import Event


class EventLogError(Exception):
    """The parent of all errors that a caller of the log can act on."""


class InvalidJsonError(EventLogError):
    """The text is not JSON that can be kept exactly; `line` and `column` count from 1."""

    def __init__(self, reason: str, *, line: int | None = None, column: int | None = None) -> None:
        self.reason, self.line, self.column = reason, line, column
        super().__init__(reason if line is None else f"{reason} at line {line}, column {column}")


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of one field: `message` states the rule and what was sent instead."""

    field: str
    message: str


class InvalidEventError(EventLogError):
    """An event breaks at least one rule of its fields."""

    def __init__(self, *violations: Violation) -> None:
        self.violations = violations
        super().__init__("; ".join(f"{v.field}: {v.message}" for v in violations))


class EventTooLargeError(EventLogError):
    """An event's stored form, `size` bytes, exceeds the store's `limit` bytes."""

    def __init__(self, *, size: int, limit: int) -> None:
        self.size, self.limit = size, limit
        super().__init__(f"the event takes {size:,} bytes in the store, which holds {limit:,}")


class EventConflictError(EventLogError):
    """An event with this id but other content is in the log already: `stored`."""

    def __init__(self, stored: "Event") -> None:
        self.stored = stored
        super().__init__(f"an event with id {stored.id!r} and other content is in the log already")


class UnreadableItemError(EventLogError):
    """A stored item is no event's: `reason` says what is wrong with it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"unreadable: {reason}")


class LogUnavailableError(EventLogError):
    """The store did not take or give the event for a reason that may pass; trying again is safe."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the log's store is not available now ({reason})")
