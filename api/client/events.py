"""What the API gives back: events, types and outcomes.

Invariant: `text` and `payload_text` are what the API sent, to the digit; all else is read of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from api.client.errors import Problem, UnexpectedAnswerError
from api.client.raw_json import members_of, value_of

Status = Literal["created", "duplicate", "conflict", "invalid", "failed"]

_MEMBERS: Final = (
    "id",
    "type",
    "time",
    "recorded_at",
    "hash",
    "source",
    "subject",
    "correlation_id",
    "causation_id",
    "traceparent",
    "recorded_by",
    "cloudevent",
)


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event in the log; times are RFC 3339, `hash` is the SHA-256 of its content in hex.

    `text` is the whole event as JSON, also what this client does not know of. `cloudevent` is what
    a CloudEvent said that has no field of its own.
    """

    text: str
    id: str
    type: str
    payload_text: str
    time: str
    recorded_at: str
    hash: str
    source: str | None = None
    subject: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None
    recorded_by: str | None = None
    cloudevent: Mapping[str, Any] | None = None

    @cached_property
    def payload(self) -> Any:
        """The payload as Python reads JSON: floats round what they cannot hold.

        Who needs each digit reads `payload_text`, such as with
        `json.loads(event.payload_text, parse_float=decimal.Decimal)`.
        """
        return value_of(self.payload_text)

    @classmethod
    def of(cls, text: str) -> "Event":
        """The event that a JSON text describes.

        Raises:
            UnexpectedAnswerError: it describes none.
        """
        try:
            members = members_of(text)
            given = {name: value_of(members[name]) for name in _MEMBERS if name in members}
            return cls(text=text, payload_text=members["payload"], **given)
        except (ValueError, KeyError, TypeError) as error:
            raise UnexpectedAnswerError(f"this is no event: {text[:80]!r}") from error


@dataclass(frozen=True, slots=True)
class Appended:
    """An event that is in the log; not `created` if it was there already."""

    event: Event
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one event of many.

    `created` and `duplicate` come with `recorded_at` and `hash`, the other three with a `problem`:
    `conflict` and `invalid` will come again, `failed` was tried as often as `Retries` says.
    """

    status: Status
    id: str | None
    recorded_at: str | None = None
    hash: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class TypeSeen:
    """A type, and when the first and the last of its events were recorded (RFC 3339)."""

    type: str
    first_seen: str
    last_seen: str

    @classmethod
    def of(cls, text: str) -> "TypeSeen":
        """The type that a JSON text describes.

        Raises:
            UnexpectedAnswerError: it describes none.
        """
        try:
            members = value_of(text)
            return cls(members["type"], members["first_seen"], members["last_seen"])
        except (ValueError, KeyError, TypeError) as error:
            raise UnexpectedAnswerError(f"this is no type: {text[:80]!r}") from error
