"""The JSON that goes in and out, as JSON Schema, with the limits that the code obeys.

https://spec.openapis.org/oas/v3.1.1.html#schema-object
"""

from collections.abc import Mapping

from api.events_json import MAX_BATCH
from domain.event import (
    MAX_CHARACTERS,
    OF_CLOUD_EVENTS,
    REQUIRED_FIELDS,
    SERVER_FIELDS,
    TRACEPARENT,
)
from infra.openapi.cloud_event_schema import cloud_event
from infra.openapi.json_schema import Schema, closed_object, ref
from infra.openapi.problem_schema import problem

NO_CONTROL_CHARACTERS = r"^[^\u0000-\u001F\u007F-\u009F]+$"

_MEANINGS: Mapping[str, str] = {
    "id": "Unique key of the event: the same id with the same content is the same event.",
    "type": "What happened, such as `order.placed`; listings are by it.",
    "time": "When it happened (RFC 3339); `recorded_at` if left out.",
    "source": "Who or what tells of it, as in CloudEvents.",
    "subject": "What it happened to, as in CloudEvents.",
    "correlation_id": "What the event belongs to, such as one customer's order.",
    "causation_id": "Id of the event that caused this one.",
    "traceparent": "W3C Trace Context; the request's header of that name if left out.",
    "recorded_at": "When the log accepted it: UTC, RFC 3339, microseconds.",
    "recorded_by": "The authenticated principal that appended it.",
    "hash": "SHA-256, in hex, of the canonical content.",
    "cloudevent": "What a CloudEvent said that has no field here; only if the event came as one."
    " `data` is `base64` or `absent` where the payload is not the data itself.",
    "payload": "Any JSON value; it comes back exactly as it was sent.",
}
_MADE: Mapping[str, Schema] = {
    "recorded_at": {"type": "string", "format": "date-time"},
    "recorded_by": {"type": "string"},
    "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "cloudevent": {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z0-9]+$"},
        "additionalProperties": {"type": ["string", "boolean", "integer"]},
    },
}
_ALWAYS = (*REQUIRED_FIELDS, "time", "recorded_at", "hash")
_ANYTHING: Schema = {
    "type": ["object", "array", "string", "number", "boolean", "null"],
    "description": "What is no event has a result too: `invalid`.",
}
_CURSOR: Schema = {
    "type": ["string", "null"],
    "description": "Where the next page begins; null on the last one.",
}


def schemas() -> dict[str, Schema]:
    """Every schema that has a name."""
    return {
        "NewEvent": closed_object(
            {name: _sent(name) for name in (*MAX_CHARACTERS, "payload")},
            required=[name for name in REQUIRED_FIELDS if name != "id"],
            description="An event as a producer sends it; an id that is left out is made (UUIDv7).",
        ),
        "NewEvents": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_BATCH,
            "items": {
                "anyOf": [ref("NewEvent"), _ANYTHING],
                "description": "Each is judged on its own.",
            },
        },
        "Event": closed_object(
            {
                name: _kept(name)
                for name in (*MAX_CHARACTERS, *SERVER_FIELDS, OF_CLOUD_EVENTS, "payload")
            },
            required=list(_ALWAYS),
            description="An event as the log keeps it. It never changes.",
        ),
        "Results": closed_object(
            {
                "results": {
                    "type": "array",
                    "items": {"oneOf": [ref("Appended"), ref("Refused")]},
                    "description": "One for each event that was sent, in the same order.",
                }
            }
        ),
        "Appended": closed_object(
            {
                "status": {"enum": ["created", "duplicate"]},
                **{name: _kept(name) for name in ("id", "recorded_at", "hash")},
            },
            required=["status", "id"],
            description="The event is in the log: by this request, or already.",
        ),
        "Refused": closed_object(
            {
                "status": {"enum": ["conflict", "invalid", "failed"]},
                "id": _kept("id"),
                "problem": ref("Problem"),
            },
            required=["status", "problem"],
            description="The event is not in the log; of `failed` ones alone, trying again helps.",
        ),
        "Events": closed_object(
            {"events": {"type": "array", "items": ref("Event")}, "next_cursor": _CURSOR}
        ),
        "Types": closed_object(
            {"types": {"type": "array", "items": ref("TypeSeen")}, "next_cursor": _CURSOR}
        ),
        "TypeSeen": closed_object(
            {"type": _kept("type"), "first_seen": _kept("recorded_at")}
            | {"last_seen": _kept("recorded_at")},
            description="A type, and when the first and the last of its events were recorded.",
        ),
        "CloudEvent": cloud_event(),
        "Problem": problem(),
    }


def _sent(name: str) -> Schema:
    if name == "payload":
        return {"description": _MEANINGS[name]}
    rules: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS[name]}
    if name == "time":
        rules |= {"format": "date-time"}
    elif name == "traceparent":
        rules |= {"pattern": f"^{TRACEPARENT.pattern}$"}
    elif name != "type":
        rules |= {"pattern": NO_CONTROL_CHARACTERS}
    return rules | {"description": _MEANINGS[name]}


def _kept(name: str) -> Schema:
    if name in _MADE:
        return _MADE[name] | {"description": _MEANINGS[name]}
    return _sent(name)
