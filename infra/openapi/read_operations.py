"""GET /events and GET /events/{id} in the document."""

from api.http import CLOUD_EVENT, CLOUD_EVENTS, NDJSON
from infra.openapi import parameters
from infra.openapi.answers import Answer
from infra.openapi.examples import ORDER, SMALLEST, line_of, new, stored, stored_as_cloud_event
from infra.openapi.json_schema import LINES, ref
from infra.openapi.operation import OF_THE_LOG, Operation
from infra.openapi.parameters import Parameter

_CACHED = ("ETag", "Cache-Control", "Vary")
_IF_NONE_MATCH: Parameter = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of the event that the caller has; 304 if it is that one.",
    "schema": {"type": "string"},
    "example": f'"{new(SMALLEST).hash}"',
}
_NOT_CHANGED = Answer(description="The caller has it already.", always=_CACHED)
PAGE = {"events": [stored(ORDER)], "next_cursor": "vJbq1xkW3l2c9Wm0o4m2nDIwMjYtMDEtMzE"}
LAST_PAGE = PAGE | {"next_cursor": None}

NEXT = {"cursor": "$response.body#/next_cursor"}

LIST_EVENTS = Operation(
    id="listEvents",
    summary="List a type's events, or get one by its id",
    description="Either `type`, with the other parameters, or `id` alone. A listing follows the"
    " log within a moment; an event is found by its id at once.",
    parameters=[*parameters.of_events(), _IF_NONE_MATCH],
    answers={
        200: Answer(
            description="A page of events in the order of `recorded_at`, or the one event.",
            schema={"oneOf": [ref("Events"), ref("Event")]},
            also={
                NDJSON: (LINES, {"a-page": line_of(ORDER)}),
                CLOUD_EVENTS: (
                    {"type": "array", "items": ref("CloudEvent")},
                    {"a-page": [stored_as_cloud_event(ORDER)]},
                ),
                CLOUD_EVENT: (ref("CloudEvent"), {"one-event": stored_as_cloud_event(SMALLEST)}),
            },
            always=("Cache-Control",),
            sometimes=("Link", "ETag", "Vary"),
            examples={
                "a-page": PAGE,
                "the-last-page": LAST_PAGE,
                "one-event": stored(SMALLEST),
            },
            links={
                "next": {
                    "operationId": "listEvents",
                    "parameters": NEXT
                    | {name: f"$request.query.{name}" for name in ("type", "from", "to", "order")},
                    "description": "The next page, unless `next_cursor` is null.",
                }
            },
        ),
        304: _NOT_CHANGED,
    },
    problems=["bad-request", "invalid-cursor", "not-found", "not-acceptable", *OF_THE_LOG],
)

GET_EVENT = Operation(
    id="getEvent",
    summary="Get one event",
    description="Right after its POST was answered, too. It never changes, so it may be kept"
    " for a year.",
    parameters=[parameters.EVENT_ID, _IF_NONE_MATCH],
    answers={
        200: Answer(
            description="The event.",
            schema=ref("Event"),
            also={CLOUD_EVENT: (ref("CloudEvent"), {"every-field": stored_as_cloud_event(ORDER)})},
            always=_CACHED,
            examples={"every-field": stored(ORDER)},
        ),
        304: _NOT_CHANGED,
    },
    problems=["bad-request", "not-found", "not-acceptable", *OF_THE_LOG],
)
