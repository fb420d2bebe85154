"""A CloudEvent's attributes and data → an event of the log, which keeps all of it.

Invariant: what `cloud_event_answers` writes of the event is the CloudEvent that came in.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from api.cloud_attributes import LINKS, Attributes, Value, broken
from domain.errors import InvalidEventError, Violation
from domain.event import NewEvent, is_traceparent
from domain.json_text import JsonText

MAX_CHARACTERS = 8_192
"""The most that the attributes without a field of their own may take, as JSON."""

DATA = "data"
ABSENT = "absent"
BASE64 = "base64"
"""The member of an event's `cloudevent` that says how the payload keeps data, and its values.

No attribute can have its name. Without it the payload is the data: a JSON value, or a text.
"""

_FIELDS = ("id", "source", "type", "subject", "time")


@dataclass(frozen=True, slots=True)
class Data:
    """A CloudEvent's data as a payload; `kept` is None, ABSENT or BASE64."""

    payload: JsonText
    kept: str | None = None


NO_DATA = Data(JsonText("null", None), ABSENT)


def event_of(
    attributes: Attributes, data: Data | None, *, faults: Sequence[Violation], trace: str | None
) -> NewEvent:
    """The event to append; `trace` is for one without a trace of its own.

    `faults` were found before, in attributes or data that could not be read and are missing.

    Raises:
        InvalidEventError: with one violation per broken rule, each with the attribute's name.
    """
    unread = {fault.field for fault in faults}
    violations = [*faults, *(v for v in broken(attributes) if v.field not in unread)]
    if violations or data is None:
        raise InvalidEventError(*violations)
    fields, rest = _parted(attributes)
    if data.kept is not None:
        rest[DATA] = data.kept
    fields.setdefault("traceparent", None if "traceparent" in rest else trace)
    try:
        return NewEvent(**fields, payload=data.payload, cloudevent=_bounded(rest))  # type: ignore[arg-type]  # text each
    except InvalidEventError as error:
        names = {field: attribute for attribute, field in LINKS.items()}
        named = [Violation(names.get(v.field, v.field), v.message) for v in error.violations]
        raise InvalidEventError(*named) from error


def _parted(attributes: Attributes) -> tuple[dict[str, Value | None], dict[str, Value]]:
    """What has a field of its own in an event, and what has none."""
    fields: dict[str, Value | None] = {}
    rest: dict[str, Value] = {}
    for name, value in attributes.items():
        if name in _FIELDS:
            fields[name] = value
        elif name in LINKS:
            fields[LINKS[name]] = value
        elif name == "traceparent" and isinstance(value, str) and is_traceparent(value):
            fields[name] = value
        elif name != "specversion":
            rest[name] = value
    return fields, rest


def _bounded(rest: dict[str, Value]) -> JsonText:
    text = cloudevent_text(rest)
    if len(text) > MAX_CHARACTERS:
        longest = max(rest, key=lambda name: len(str(rest[name])))
        rule = f"takes too much beside the others: together they may take {MAX_CHARACTERS:,}"
        raise InvalidEventError(Violation(longest, f"{rule} characters; {len(text):,} were sent"))
    return JsonText(text, rest)


def cloudevent_text(members: dict[str, Value]) -> str:
    """The text of an event's `cloudevent`: the same for the same members."""
    return json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def string(text: str) -> JsonText:
    """A JSON string."""
    return JsonText(json.dumps(text, ensure_ascii=False), text)
