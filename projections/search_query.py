"""What is searched for → OpenSearch's query.

Invariant: what a caller sent stands in a query as a value, or as the last part of a field's name,
and nowhere else: never as a query's kind, an expression, a pattern or a script. Each query is a
filter, sorted by the time and the id of an event, which never change.
https://docs.opensearch.org/latest/query-dsl/
"""

from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

from projections.search_fields import Field, Namespace, path_of

Comparison = Literal["gt", "gte", "lt", "lte"]
Order = list[Any]
"""The values that a document is sorted by, as OpenSearch gives and takes them."""

ENVELOPE = {
    "source": "source",
    "subject": "subject",
    "correlation_id": "labels.correlation_id",
    "causation_id": "labels.causation_id",
}
"""The fields of an event that can be filtered by → the field of the document that holds each."""

_EARLIEST, _LATEST = "1970-01-01T00:00:00.000000Z", "2262-04-11T00:00:00.000000Z"
"""What `date_nanos` holds; every event was recorded between them."""

_TIME, _ID = "event.created", "event.id"


@dataclass(frozen=True, slots=True)
class FieldEquals:
    """The event's field `name` has this text; `name` is one of `ENVELOPE`."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class PayloadEquals:
    """A text, number or boolean of the payload is written so; `path` are the keys to it."""

    path: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class PayloadCompares:
    """A number of the payload, or a date (RFC 3339), compares so with this one."""

    path: tuple[str, ...]
    comparison: Comparison
    limit: float | str


Filter = FieldEquals | PayloadEquals | PayloadCompares


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The events to find: those that all of this is true of.

    `words` are searched together, whatever their order; those of a phrase stand one after another.
    `types` are alternatives. Times are as in `domain.timestamps.format_utc`, `end` is exclusive.
    """

    words: str = ""
    phrases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    start: str | None = None
    end: str | None = None
    filters: tuple[Filter, ...] = ()
    descending: bool = True


def search_body(search: Search, *, after: Order | None, size: int, seconds: int) -> dict[str, Any]:
    """The body of a search for the first `size` documents behind `after`, bounded by `seconds`.

    Nothing is counted and nothing scored: both would cost more the more events match.
    """
    order = "desc" if search.descending else "asc"
    body = {
        "query": {"bool": {"filter": _clauses(search)}},
        "sort": [{_TIME: order}, {_ID: order}],
        "size": size,
        "timeout": f"{seconds}s",
        "track_total_hits": False,
        "_source": ["event.original"],
    }
    return body if after is None else body | {"search_after": after}


def _clauses(search: Search) -> list[dict[str, Any]]:
    clauses: list[dict[str, Any]] = []
    if search.words:
        clauses.append({"match": {"text": {"query": search.words, "operator": "and"}}})
    clauses += [{"match_phrase": {"text": phrase}} for phrase in search.phrases]
    if search.types:
        clauses.append({"terms": {"event.action": list(search.types)}})
    span = {}
    if search.start is not None:
        span["gte"] = min(max(search.start, _EARLIEST), _LATEST)
    if search.end is not None:
        span["lt"] = min(max(search.end, _EARLIEST), _LATEST)
    if span:
        clauses.append({"range": {_TIME: span}})
    return clauses + [_filter(one) for one in search.filters]


def _filter(one: Filter) -> dict[str, Any]:
    match one:
        case FieldEquals(name, text):
            return {"term": {ENVELOPE[name]: text}}
        case PayloadEquals(path, text):
            return {"term": {".".join(("payload", *path)): text}}
        case PayloadCompares(path, comparison, limit):
            namespace: Namespace = "date" if isinstance(limit, str) else "number"
            field = Field(namespace, reduce(path_of, path, ""))
            return {"range": {".".join(field): {comparison: limit}}}
