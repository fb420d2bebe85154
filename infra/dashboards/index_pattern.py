"""The index pattern: the events' alias, its fields, and how their values are shown.

Invariant: it has its fields from the start; without them Dashboards writes them on the first look,
and of the panels that do so at once all but one are answered 409.
"""

from collections.abc import Iterable

from infra.dashboards.pattern_fields import Field
from infra.dashboards.saved_object import SavedObject, compact
from projections.search_names import ALIAS

PATTERN = ALIAS
"""The index pattern's id."""

_ANY_TIME = "_g=(time:(from:now-10y,to:now%2B1y))"
_WIDE = 120


def index_pattern(fields: Iterable[Field], *, api: str) -> SavedObject:
    """The pattern with links to the API at the address `api`, without a slash at its end."""
    return SavedObject(
        "index-pattern",
        PATTERN,
        {
            "title": ALIAS,
            "timeFieldName": "@timestamp",
            "fields": compact(list(fields)),
            "fieldFormatMap": compact(_formats(api)),
        },
    )


def _formats(api: str) -> dict[str, object]:
    return {
        "event.id": _link(f"{api}/events?id={{{{value}}}}"),
        "labels.causation_id": _link(_discover("event.id")),
        "labels.correlation_id": _link(_discover("labels.correlation_id")),
        "trace.id": _link(_discover("trace.id")),
        "event.original": {"id": "truncate", "params": {"fieldLength": _WIDE}},
    }


def _link(template: str) -> dict[str, object]:
    """The value as a link; the id stands in the query, where any id arrives unharmed."""
    return {"id": "url", "params": {"urlTemplate": template, "labelTemplate": "{{value}}"}}


def _discover(field: str) -> str:
    """All events whose field has the value, oldest first; relative to any Dashboards' address."""
    columns = "event.action,subject,event.id,labels.causation_id"
    phrase = f"query:(match_phrase:({field}:'{{{{value}}}}'))"
    meta = f"meta:(index:{PATTERN},key:{field},type:phrase,params:(query:'{{{{value}}}}'))"
    state = (
        f"columns:!({columns}),filters:!(({meta},{phrase})),index:{PATTERN},"
        "interval:auto,query:(language:kuery,query:''),sort:!(!('@timestamp',asc))"
    )
    return f"../app/discover#/?{_ANY_TIME}&_a=({state})"
