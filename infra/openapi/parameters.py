"""The parameters of the GET routes, with the limits that the code obeys.

Invariant: each route's are those that its function knows, in the same order.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from api.parameters import DEFAULT_LIMIT
from api.queries import BY_ID, BY_TYPE, MAX_LIMIT, MAX_TYPES_LIMIT, OF_TYPES
from api.search_filters import MAX_FILTER_CHARACTERS, MAX_QUERY_CHARACTERS
from api.search_queries import MAX_FILTERS, MAX_TYPES, ONCE, REPEATABLE
from api.search_queries import MAX_LIMIT as MAX_SEARCH_LIMIT
from domain.event import MAX_CHARACTERS
from infra.openapi.filter_pattern import FILTER

Parameter = dict[str, Any]

_TYPE = {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS["type"]}
_TIME = {"type": "string", "format": "date-time"}
_ONE: Mapping[str, tuple[dict[str, Any], str]] = {
    "id": (
        {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS["id"]},
        "The event's id, for one that a path cannot carry, such as `..`; only `source` beside it.",
    ),
    "source": (
        {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS["source"]},
        "With `id` alone: the source of a CloudEvent, which is known by both together.",
    ),
    "type": (_TYPE, "Events of this type."),
    "from": (_TIME, "Events that were recorded then or later (RFC 3339, a `+` as `%2B`)."),
    "to": (_TIME, "Events that were recorded before."),
    "order": (
        {"enum": ["desc", "asc"], "default": "desc"},
        "`desc`, the newest first, or `asc`.",
    ),
    "cursor": (
        {"type": "string", "minLength": 1},
        "`next_cursor` of the page before, with the same other parameters.",
    ),
    "q": (
        {"type": "string", "maxLength": MAX_QUERY_CHARACTERS, "pattern": r'[^\s"]'},
        'Words that the event\'s text has, all of them; "several words" side by side.',
    ),
}
_SEVERAL: Mapping[str, tuple[dict[str, Any], str]] = {
    "type": (
        {"type": "array", "maxItems": MAX_TYPES, "items": _TYPE},
        "Events of any of these types.",
    ),
    "filter": (
        {
            "type": "array",
            "maxItems": MAX_FILTERS,
            "items": {"type": "string", "maxLength": MAX_FILTER_CHARACTERS, "pattern": FILTER},
        },
        "`FIELD:text`, `payload.path.to.value:text` or `payload.path.to.number:>=10`; all of them.",
    ),
}

EVENT_ID: Parameter = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The event's id, percent-encoded.",
    "schema": _ONE["id"][0],
    "example": "order-1001-placed",
}
_EXAMPLES: Mapping[str, Any] = {
    "type": "order.placed",
    "from": "2026-01-01T00:00:00Z",
    "to": "2026-02-01T00:00:00Z",
    "q": 'refund "credit card"',
    "filter": ["payload.customer.country:FR", "payload.order.total:>=10"],
}


def of_events() -> list[Parameter]:
    """Of GET /events."""
    return [_one(name, maximum=MAX_LIMIT) for name in BY_ID + BY_TYPE]


def of_types() -> list[Parameter]:
    """Of GET /types."""
    return [_one(name, maximum=MAX_TYPES_LIMIT) for name in OF_TYPES]


def of_search() -> list[Parameter]:
    """Of GET /search."""
    once = [_one(name, maximum=MAX_SEARCH_LIMIT) for name in ONCE]
    return [*once, *map(_several, REPEATABLE)]


def names(parameters: Iterable[Parameter], *, place: str = "query") -> list[str]:
    """The names of those of the parameters that stand in this place."""
    return [one["name"] for one in parameters if one["in"] == place]


def _one(name: str, *, maximum: int) -> Parameter:
    if name == "limit":
        size = {"type": "integer", "minimum": 1, "maximum": maximum, "default": DEFAULT_LIMIT}
        return _query(name, size, "How many a page has at most; large events make it shorter.")
    return _query(name, *_ONE[name])


def _several(name: str) -> Parameter:
    return _query(name, *_SEVERAL[name])


def _query(name: str, schema: dict[str, Any], description: str) -> Parameter:
    found = {"name": name, "in": "query", "description": description, "schema": schema}
    example = _EXAMPLES.get(name)
    if example is None:
        return found
    several = schema.get("type") == "array" and not isinstance(example, list)
    return {**found, "example": [example] if several else example}
