"""Answers of the API, as the document describes them: bodies, headers, and every problem."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from api.http import JSON
from api.problems import CONTENT_TYPE, TITLES
from infra.gateway_faults import MESSAGE, gateway_problems
from infra.openapi.examples import ADDRESS
from infra.openapi.problem_schema import BLANK, problem_of_types
from infra.openapi.problems import EXPLAINED
from infra.settings import Settings

_ANY_TIME = (
    *("BAD_REQUEST_BODY", "REQUEST_TOO_LARGE", "THROTTLED"),
    *("INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "DEFAULT_5XX"),
)
_TEXT = {"type": "string"}
_HEADERS: Mapping[str, dict[str, Any]] = {
    "ETag": {"description": "The event's hash, in quotation marks.", "schema": _TEXT},
    "Location": {
        "description": "Where the event is.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {
        "description": 'The next page, `rel="next"`, and the one before a page that a cursor led'
        ' to, `rel="prev"` (RFC 8288).',
        "schema": _TEXT,
    },
    "Vary": {"description": "The request's headers that the form depends on.", "schema": _TEXT},
    "Preference-Applied": {"description": "The preference that was heeded.", "schema": _TEXT},
    "Cache-Control": {"description": "How long it may be kept.", "schema": _TEXT},
    "Retry-After": {
        "description": "Seconds to wait before the same request is sent again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
}
REQUEST_ID = "x-amzn-RequestId"
COMMON_HEADERS: Mapping[str, dict[str, Any]] = {
    REQUEST_ID: {
        "description": "The request's id, which the logs have too.",
        "required": True,
        "schema": _TEXT,
    },
}
"""What every answer has, by its name in the document."""


Form = tuple[Mapping[str, Any], Mapping[str, Any]]
"""A schema, and examples by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a function answers with one status; without a `schema`, no body.

    `also` has the schema and the examples of other media types, for those who ask for them.

    `always` are headers that every such answer has, `sometimes` those that some have.
    """

    description: str
    schema: Mapping[str, Any] | None = None
    media_types: tuple[str, ...] = (JSON,)
    also: Mapping[str, Form] = field(default_factory=dict)
    always: tuple[str, ...] = ()
    sometimes: tuple[str, ...] = ()
    examples: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Any] = field(default_factory=dict)

    def response(self) -> dict[str, Any]:
        """The document's Response Object."""
        found: dict[str, Any] = {
            "description": self.description,
            "headers": headers(always=self.always, sometimes=self.sometimes),
        }
        if self.schema is not None:
            body = {"schema": self.schema, "examples": named(self.examples)}
            found["content"] = dict.fromkeys(self.media_types, body) | {
                kind: {"schema": schema, "examples": named(examples)}
                for kind, (schema, examples) in self.also.items()
            }
        if self.links:
            found["links"] = dict(self.links)
        return found


def headers(*, always: Iterable[str] = (), sometimes: Iterable[str] = ()) -> dict[str, Any]:
    """Headers of an answer, beside the request's id."""
    return {
        **{name: _HEADERS[name] | {"required": True} for name in always},
        **{name: _HEADERS[name] for name in sometimes},
        REQUEST_ID: {"$ref": f"#/components/headers/{REQUEST_ID}"},
    }


def named(examples: Mapping[str, Any]) -> dict[str, Any]:
    """Examples by name, as the document has them."""
    return {
        name: {"summary": name.replace("-", " ").capitalize(), "value": value}
        for name, value in examples.items()
    }


def problem_responses(kinds: Iterable[str], settings: Settings) -> dict[str, Any]:
    """The answers with problems of these kinds, and with those that API Gateway makes itself."""
    found: dict[int, dict[str, dict[str, Any]]] = {}
    for kind in kinds:
        found.setdefault(TITLES[kind][0], {})[kind] = EXPLAINED[kind].example.document(ADDRESS)
    for status, example in _made_by_the_gateway(settings):
        found.setdefault(status, {})[f"gateway-{status}"] = example
    return {str(status): _problem(status, examples) for status, examples in sorted(found.items())}


def _problem(status: int, examples: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    titles = dict.fromkeys(one["title"] for one in examples.values())
    again = status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    schema = problem_of_types([one["type"] for one in examples.values()])
    return {
        "description": ". ".join(titles) + ".",
        "headers": headers(sometimes=["Retry-After"] if again else []),
        "content": {CONTENT_TYPE: {"schema": schema, "examples": named(examples)}},
    }


def _made_by_the_gateway(settings: Settings) -> Iterable[tuple[int, dict[str, Any]]]:
    """Status and problem of what stops a request before, or instead of, a function."""
    known = gateway_problems(settings)
    refused = {
        "iam": ("INVALID_SIGNATURE",),
        "none": (),
    }.get(settings.authorizer, ("UNAUTHORIZED", "ACCESS_DENIED"))
    keys = ("INVALID_API_KEY",) if settings.edge.producers else ()
    wall = ("WAF_FILTERED",) if settings.edge.firewall or settings.caller_networks else ()
    for name in (*refused, *keys, *wall, *_ANY_TIME):
        status, title, detail = known[name]
        status = status or int(HTTPStatus.INTERNAL_SERVER_ERROR)
        title = title if known[name][0] else "AUTHORIZER_FAILURE"  # one of the response types
        says = HTTPStatus(status).phrase if detail == MESSAGE else json.loads(detail)
        yield status, {"type": BLANK, "title": title, "status": status, "detail": says}
