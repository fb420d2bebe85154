"""The kinds of chart that the dashboard is made of, as Dashboards' own editor would save them.

Invariant: a chart says only in what it differs from its kind's defaults, which Dashboards adds.
https://docs.opensearch.org/latest/dashboards/visualize/viz-index/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.dashboards.index_pattern import PATTERN
from infra.dashboards.saved_object import Reference, SavedObject, compact, index_reference
from infra.dashboards.saved_object import search_source as searched

Aggregation = dict[str, Any]


def chart(
    id: str,
    title: str,
    *,
    kind: str,
    aggregations: Sequence[Aggregation],
    params: Mapping[str, Any] | None = None,
    query: str = "",
) -> SavedObject:
    """A chart over the events that match `query`, in DQL."""
    numbered = [
        {"id": str(number), "enabled": True, **one} for number, one in enumerate(aggregations, 1)
    ]
    state = {"title": title, "type": kind, "aggs": numbered, "params": {**(params or {})}}
    return _visualization(id, state, searched(query=query), (index_reference(PATTERN),))


def text(id: str, title: str, markdown: str) -> SavedObject:
    """A panel of text in Markdown."""
    params = {"fontSize": 12, "openLinksInNewTab": False, "markdown": markdown}
    state = {"title": title, "type": "markdown", "aggs": [], "params": params}
    return _visualization(id, state, searched(reads_index=False), ())


def controls(id: str, title: str, fields: Mapping[str, str]) -> SavedObject:
    """Lists to choose values from, which filter the whole dashboard; label → field."""
    references = [
        index_reference(PATTERN, name=f"control_{number}_index_pattern")
        for number in range(len(fields))
    ]
    lists = [
        {
            "id": field,
            "fieldName": field,
            "label": label,
            "parent": "",
            "type": "list",
            "options": {
                "type": "terms",
                "multiselect": True,
                "dynamicOptions": True,
                "size": 5,
                "order": "desc",
            },
            "indexPatternRefName": reference.name,
        }
        for (label, field), reference in zip(fields.items(), references, strict=True)
    ]
    params = {
        "controls": lists,
        "updateFiltersOnChange": True,
        "useTimeFilter": True,
        "pinFilters": False,
    }
    state = {"title": title, "type": "input_control_vis", "aggs": [], "params": params}
    return _visualization(id, state, searched(reads_index=False), tuple(references))


def count(label: str = "Events") -> Aggregation:
    """How many events."""
    return {"type": "count", "schema": "metric", "params": {"customLabel": label}}


def distinct(field: str, label: str) -> Aggregation:
    """How many values a field has, about."""
    return _metric("cardinality", field, label)


def latest(label: str) -> Aggregation:
    """The time of the newest event."""
    return _metric("max", "@timestamp", label)


def over_time() -> Aggregation:
    """One bar for each stretch of the time that is looked at."""
    params = {"field": "@timestamp", "interval": "auto", "min_doc_count": 1}
    return {"type": "date_histogram", "schema": "segment", "params": params}


def top(field: str, label: str, *, size: int, schema: str, rest: str = "") -> Aggregation:
    """A field's most frequent values; with `rest`, all others together under that name."""
    params: dict[str, Any] = {
        "field": field,
        "orderBy": "1",
        "order": "desc",
        "size": size,
        "customLabel": label,
    }
    if rest:
        params |= {"otherBucket": True, "otherBucketLabel": rest}
    return {"type": "terms", "schema": schema, "params": params}


def _metric(type: str, field: str, label: str) -> Aggregation:
    return {"type": type, "schema": "metric", "params": {"field": field, "customLabel": label}}


def _visualization(
    id: str, state: dict[str, Any], source: dict[str, str], references: tuple[Reference, ...]
) -> SavedObject:
    attributes = {
        "title": state["title"],
        "description": "",
        "version": 1,
        "visState": compact(state),
        "uiStateJSON": "{}",
        "kibanaSavedObjectMeta": source,
    }
    return SavedObject("visualization", id, attributes, references)
