"""An event as a producer sends it and as the log keeps it.

Invariant: a `NewEvent` that exists obeys every limit below, and an `Event` is never changed.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.canonical_json import canonical
from domain.errors import InvalidEventError, Violation
from domain.json_text import JsonText
from domain.timestamps import is_rfc3339

MAX_CHARACTERS = {
    "id": 256,
    "type": 256,
    "time": 64,
    "source": 1024,
    "subject": 1024,
    "correlation_id": 256,
    "causation_id": 256,
    "traceparent": 55,
}
"""Every text field that a producer may set, in the order of an event's JSON → its longest value."""

SERVER_FIELDS = ("recorded_at", "recorded_by", "hash")
OF_CLOUD_EVENTS = "cloudevent"
REQUIRED_FIELDS = ("id", "type", "payload")

# https://www.w3.org/TR/trace-context/#traceparent-header
TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
"""A traceparent of the version's length that events keep."""

_SHOWN_CHARACTERS = 60
_quoted = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event before it is in the log: what the producer says, checked.

    `cloudevent` is an object with what a CloudEvent says that has no field of its own; an event
    that came in no other way than as a CloudEvent has one, if an empty one.

    Raises:
        InvalidEventError: with one violation per broken rule.
    """

    id: str
    type: str
    payload: JsonText
    time: str | None = None
    source: str | None = None
    subject: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None
    cloudevent: JsonText | None = None

    def __post_init__(self) -> None:
        violations = [
            Violation(name, wrong) for name in MAX_CHARACTERS for wrong in self._wrong(name)
        ]
        if violations:
            raise InvalidEventError(*violations)

    def _wrong(self, name: str) -> Iterator[str]:
        text = getattr(self, name)
        if text is None:
            return
        limit = MAX_CHARACTERS[name]
        if not 1 <= len(text) <= limit:
            yield f"must have 1 to {limit} characters; {len(text)} were sent"
        elif name != "type" and (control := _control_character(text)):
            yield f"must have no control characters; {control} was sent in {_shown(text)}"
        elif name == "time" and not is_rfc3339(text):
            yield f"must be RFC 3339, such as 2026-01-31T12:00:00Z; {_shown(text)} was sent"
        elif name == "traceparent" and not is_traceparent(text):
            yield f"must be a W3C traceparent; {_shown(text)} was sent"

    @property
    def hash(self) -> str:
        """SHA-256, in hex, of the canonical JSON of all that the producer said, but for the trace.

        `traceparent` is left out: a retry of the same event may run under another trace.
        """
        content: dict[str, object] = {
            name: text
            for name in MAX_CHARACTERS
            if name != "traceparent" and (text := getattr(self, name)) is not None
        }
        content["payload"] = self.payload.value
        if self.cloudevent is not None:
            content[OF_CLOUD_EVENTS] = self.cloudevent.value
        return hashlib.sha256(canonical(content).encode()).hexdigest()

    def recorded(self, *, at: str, by: str | None = None) -> "Event":
        """The event as the log keeps it: accepted `at` (UTC, RFC 3339) from the principal `by`."""
        texts = {name: getattr(self, name) for name in MAX_CHARACTERS}
        return Event(
            **texts,
            payload=self.payload.text,
            cloudevent=None if self.cloudevent is None else self.cloudevent.text,
            recorded_at=at,
            recorded_by=by,
            hash=self.hash,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event in the log. `hash` is in hex, `recorded_at` in UTC.

    `payload` and `cloudevent` are JSON texts, the latter an object's.
    """

    id: str
    type: str
    payload: str
    recorded_at: str
    hash: str
    time: str | None = None
    source: str | None = None
    subject: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None
    recorded_by: str | None = None
    cloudevent: str | None = None

    def to_json(self) -> str:
        """The event's JSON object; the payload's text is put in as it is, without a parse."""
        members = [f'"{name}":{_quoted(text)}' for name, text in self.texts()]
        if self.cloudevent is not None:
            members.append(f'"{OF_CLOUD_EVENTS}":{self.cloudevent}')
        return f'{{{",".join(members)},"payload":{self.payload}}}'

    def texts(self) -> Iterator[tuple[str, str]]:
        """Name and value of every member that is a text, in the order of the event's JSON."""
        for name in (*MAX_CHARACTERS, *SERVER_FIELDS):
            text = getattr(self, name)
            if name == "time" and text is None:
                text = self.recorded_at
            if text is not None:
                yield name, text


def is_traceparent(text: str) -> bool:
    """Whether the text is a W3C traceparent of the version's length that events keep."""
    return TRACEPARENT.fullmatch(text) is not None


def new_event(
    members: Mapping[str, JsonText], *, default_id: str, default_traceparent: str | None = None
) -> NewEvent:
    """The members of a JSON object → the event that they describe; the defaults fill gaps.

    Raises:
        InvalidEventError: a field is missing, unknown, of another JSON type or over its limit.
    """
    violations = list(_wrong_members(members))
    texts = {
        name: members[name].value
        for name in MAX_CHARACTERS
        if name in members and isinstance(members[name].value, str)
    }
    if violations:
        raise InvalidEventError(*violations)
    defaults = {"id": default_id, "traceparent": default_traceparent}
    return NewEvent(**{**defaults, **texts, "payload": members["payload"]})  # type: ignore[arg-type]  # text each


def _wrong_members(members: Mapping[str, JsonText]) -> Iterator[Violation]:
    for name in REQUIRED_FIELDS:
        if name not in members and name != "id":
            yield Violation(name, "is required")
    for name, member in members.items():
        if name in SERVER_FIELDS:
            yield Violation(name, "is set by the log; leave it out")
        elif name == OF_CLOUD_EVENTS:
            yield Violation(name, "is set by the log; to have it set, send a CloudEvent")
        elif name in MAX_CHARACTERS:
            if not member.text.startswith('"'):
                yield Violation(
                    name, f"must be a string; {_shown(member.text, quote=False)} was sent"
                )
        elif name != "payload":
            known = ", ".join((*MAX_CHARACTERS, "payload"))
            yield Violation(
                name, f"is not a field of an event; put it into payload, or use {known}"
            )


def _control_character(text: str) -> str | None:
    if text.isprintable():  # then it has none, as Unicode has it
        return None
    return next((f"U+{ord(c):04X}" for c in text if unicodedata.category(c) == "Cc"), None)


def _shown(text: str, *, quote: bool = True) -> str:
    short = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
    return json.dumps(short, ensure_ascii=False) if quote else short
