"""POST /events in the document."""

import json
from typing import Any

from api.append_answers import MINIMAL, NO_CONTENT
from api.events_json import MAX_BATCH
from api.http import CLOUD_EVENT, CLOUD_EVENTS, JSON, NDJSON
from api.wishes import BARE, IDEMPOTENCY_KEY, STRING
from infra.openapi.answers import Answer, named
from infra.openapi.examples import (
    ADDRESS,
    BATCH,
    ORDER,
    SMALLEST,
    lines,
    stored,
    stored_as_cloud_event,
)
from infra.openapi.json_schema import LINES, ref
from infra.openapi.operation import OF_THE_LOG, Operation
from infra.openapi.parameters import Parameter
from infra.openapi.problems import EXPLAINED

_TRACEPARENT: Parameter = {
    "name": "traceparent",
    "in": "header",
    "description": "W3C Trace Context; kept with events that name no trace, ignored if malformed.",
    "schema": {"type": "string"},
    "example": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}
_IDEMPOTENCY_KEY: Parameter = {
    "name": IDEMPOTENCY_KEY,
    "in": "header",
    "description": "The id of one event that has none of its own, in quotation marks or without;"
    " sending the same request again is safe then. Not for a batch.",
    "schema": {"type": "string", "pattern": f"^(?:{STRING}|{BARE})$"},
    "example": '"order-1001-placed"',
}
_PREFER: Parameter = {
    "name": "Prefer",
    "in": "header",
    "description": f"`{MINIMAL}` for an answer without the event, or with no more than the ids.",
    "schema": {"type": "string"},
    "example": MINIMAL,
}


def _example(kind: str) -> dict[str, Any]:
    return EXPLAINED[kind].example.document(ADDRESS)


def _appended(text: str, status: str) -> dict[str, Any]:
    event = stored(text)
    return {"status": status, **{name: event[name] for name in ("id", "recorded_at", "hash")}}


_RESULTS = {
    "results": [
        _appended(ORDER, "created"),
        _appended(SMALLEST, "duplicate"),
        {"status": "conflict", "id": "1", "problem": _example("conflict")},
        {"status": "invalid", "problem": _example("invalid-event")},
    ]
}

_CLOUD_EVENT = stored_as_cloud_event(ORDER)
_NOTHING = (
    {"type": "string", "maxLength": 0, "description": f"With `Prefer: {MINIMAL}`."},
    {"nothing": ""},
)

APPEND_EVENTS = Operation(
    id="appendEvents",
    summary="Append an event, or a batch of them",
    description="Events are immutable. The same id with the same content answers 200 with what"
    " the log has, so a retry is always safe; with other content, 409. Of a batch each event is"
    " judged on its own, and the whole batch may be sent again. A CloudEvent in binary mode is"
    " taken too: any content type, and its attributes in headers that begin with `ce-`.",
    parameters=[_TRACEPARENT, _IDEMPOTENCY_KEY, _PREFER],
    body={
        JSON: {
            "schema": {"oneOf": [ref("NewEvent"), ref("NewEvents")]},
            "examples": named(
                {
                    "the-smallest-event": json.loads(SMALLEST),
                    "every-field": json.loads(ORDER),
                    "a-batch": json.loads(BATCH),
                }
            ),
        },
        NDJSON: {"schema": LINES, "examples": named({"a-batch": lines(*json.loads(BATCH))})},
        CLOUD_EVENT: {
            "schema": ref("CloudEvent"),
            "examples": named({"a-cloud-event": _CLOUD_EVENT}),
        },
        CLOUD_EVENTS: {
            "schema": {"type": "array", "maxItems": MAX_BATCH, "items": ref("CloudEvent")},
            "examples": named({"cloud-events": [_CLOUD_EVENT]}),
        },
    },
    answers={
        200: Answer(
            description="The event is in the log already; or the results of a batch.",
            schema={"oneOf": [ref("Event"), ref("Results")]},
            also={
                NDJSON: (LINES, {"a-batch": lines(*_RESULTS["results"])}),
                CLOUD_EVENT: (ref("CloudEvent"), {"a-cloud-event": _CLOUD_EVENT}),
                NO_CONTENT: _NOTHING,
            },
            always=("Cache-Control",),
            sometimes=("Location", "ETag", "Preference-Applied"),
            examples={"the-smallest-event": stored(SMALLEST), "a-batch": _RESULTS},
        ),
        201: Answer(
            description="The event is in the log, durably.",
            schema=ref("Event"),
            also={
                CLOUD_EVENT: (ref("CloudEvent"), {"a-cloud-event": _CLOUD_EVENT}),
                NO_CONTENT: _NOTHING,
            },
            always=("Location", "ETag", "Cache-Control"),
            sometimes=("Preference-Applied",),
            examples={"the-smallest-event": stored(SMALLEST), "every-field": stored(ORDER)},
            links={
                "event": {
                    "operationId": "getEvent",
                    "parameters": {"id": "$response.body#/id"},
                    "description": "The event, at once.",
                },
                "listed": {
                    "operationId": "listEvents",
                    "parameters": {"type": "$response.body#/type"},
                    "description": "The events of its type, a moment later.",
                },
            },
        ),
    },
    problems=[
        *("bad-request", "invalid-json", "invalid-event", "not-acceptable", "conflict"),
        *("too-large", "unsupported-media-type", *OF_THE_LOG),
    ],
)
