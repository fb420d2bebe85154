"""GET /types and GET /search in the document."""

from api.http import NDJSON
from infra.openapi import parameters
from infra.openapi.answers import Answer
from infra.openapi.examples import ORDER, RECORDED_AT, line_of
from infra.openapi.json_schema import LINES, ref
from infra.openapi.operation import Operation
from infra.openapi.read_operations import LAST_PAGE, NEXT, PAGE

LIST_TYPES = Operation(
    id="listTypes",
    summary="List the types of events",
    description="Each with the times of its first and its last event, by code point.",
    parameters=parameters.of_types(),
    answers={
        200: Answer(
            description="A page of types.",
            schema=ref("Types"),
            always=("Cache-Control",),
            sometimes=("Link",),
            examples={
                "the-last-page": {
                    "types": [
                        {
                            "type": "order.placed",
                            "first_seen": RECORDED_AT,
                            "last_seen": RECORDED_AT,
                        }
                    ],
                    "next_cursor": None,
                }
            },
            links={
                "next": {
                    "operationId": "listTypes",
                    "parameters": NEXT,
                    "description": "The next page, unless `next_cursor` is null.",
                }
            },
        )
    },
    problems=["bad-request", "invalid-cursor", "not-acceptable", "unavailable"],
)

SEARCH_EVENTS = Operation(
    id="searchEvents",
    summary="Search all events",
    description="Events of which everything is true that is asked for, newest first, seconds"
    " after they were accepted. A stage without search answers 404.",
    parameters=parameters.of_search(),
    answers={
        200: Answer(
            description="A page of events in the order of `recorded_at`.",
            schema=ref("Events"),
            also={NDJSON: (LINES, {"a-page": line_of(ORDER)})},
            always=("Cache-Control",),
            sometimes=("Link",),
            examples={"a-page": PAGE, "the-last-page": LAST_PAGE},
        )
    },
    problems=[
        *("bad-request", "invalid-cursor", "search-not-configured", "not-acceptable"),
        "search-unavailable",
    ],
)
