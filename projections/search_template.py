"""The index template of a generation: what is a field, of which type, and how many there may be.

Invariant: no document changes the mapping (`dynamic` is false everywhere); the projector alone adds
fields, under the four namespaces, and OpenSearch itself refuses them past the bound.
https://docs.opensearch.org/latest/im-plugin/index-templates/
"""

from collections.abc import Iterator
from typing import Any

from projections.search_fields import NAMESPACES, Field, Namespace
from projections.search_names import ALIAS, index_pattern

VERSION = 1
"""Counted up with every change of the template."""

MAX_FIELDS_PER_INDEX = 4_000
"""Fields that payloads may bring into one index, which is one month of one generation."""

LONGEST_KEYWORD = 8_191
"""Characters of an envelope's field that is still indexed: Lucene takes 32,766 bytes."""

SEARCHED_BY_DEFAULT = (
    *("text", "event.id", "labels.correlation_id", "labels.causation_id", "trace.id"),
)
"""The fields of a search that names none: readable text, and the ids that people paste."""

Json = dict[str, Any]

PRIORITY = 100
"""Above any template for all indices that a cluster may have."""

_KEYWORD: Json = {"type": "keyword", "ignore_above": LONGEST_KEYWORD}
_KEPT: Json = {"type": "keyword", "index": False, "doc_values": False}


_OF_NODES: Json = {
    # A copy on a second node, where there is one: one node alone would never be healthy else.
    "index.auto_expand_replicas": "0-1",
    "index.search.slowlog.threshold.query.warn": "5s",
    "index.indexing.slowlog.threshold.index.warn": "5s",
    # What is logged as slow must not hold an event.
    "index.indexing.slowlog.source": "false",
}
"""Settings that only a cluster with nodes of its own has."""


def template_body(
    generation: int,
    *,
    alias: str = ALIAS,
    max_fields: int = MAX_FIELDS_PER_INDEX,
    serverless: bool = False,
) -> Json:
    """The body of `PUT /_index_template/…` for a generation whose indices carry `alias`."""
    limit = len(list(_fields(envelope_properties()))) + max_fields
    return {
        "index_patterns": [index_pattern(generation)],
        "version": VERSION,
        "priority": PRIORITY,
        "_meta": {"version": VERSION, "description": "The event log's search projection"},
        "template": {
            "aliases": {alias: {}},
            "settings": {
                **({} if serverless else _OF_NODES),
                "index.mapping.total_fields.limit": limit,
                # Dashboards asks for all dates with every search; past the default of 100 it fails.
                "index.max_docvalue_fields_search": limit,
                # Where a word alone is looked for: past 1,024 fields it fails to look into all.
                "index.query.default_field": list(SEARCHED_BY_DEFAULT),
            },
            "mappings": _mappings(),
        },
    }


def field_mapping(field: Field) -> Json:
    """How a field that a payload brings is mapped."""
    return {"type": NAMESPACES[field.namespace]}


def new_properties(fields: list[Field]) -> Json:
    """The body of `PUT /INDEX/_mapping` that adds fields."""
    properties: Json = {}
    for field in fields:
        namespace = properties.setdefault(field.namespace, {"properties": {}})
        namespace["properties"][field.name] = field_mapping(field)
    return {"properties": properties}


def known_fields(mappings: Json) -> set[Field]:
    """The fields that payloads have brought into an index, out of its `mappings`."""
    properties = mappings["properties"]
    namespaces: tuple[Namespace, ...] = tuple(NAMESPACES)
    return {
        Field(namespace, name)
        for namespace in namespaces
        for name in properties[namespace].get("properties", ())
    }


def _mappings() -> Json:
    return {
        "dynamic": False,
        "date_detection": False,
        "numeric_detection": False,
        "_meta": {"version": VERSION},
        # What is in `text` stands in the document elsewhere.
        "_source": {"excludes": ["text"]},
        "properties": envelope_properties(),
    }


def envelope_properties() -> Json:
    """The `properties` of the mapping, before payloads bring theirs."""
    return {
        "@timestamp": {"type": "date"},
        "event": _object(
            id=_KEYWORD,
            action=_KEYWORD,
            created={"type": "date_nanos"},
            hash=_KEYWORD,
            original=_KEPT,
        ),
        "source": _KEYWORD,
        "subject": _KEYWORD,
        "labels": _object(correlation_id=_KEYWORD, causation_id=_KEYWORD),
        "trace": _object(id=_KEYWORD),
        "span": _object(id=_KEYWORD),
        "user": _object(id=_KEYWORD),
        "payload": {"type": "flat_object"},
        **{namespace: _object() for namespace in NAMESPACES},
        "text": {"type": "text"},
        "degraded": _KEYWORD,
    }


def _object(**properties: Json) -> Json:
    return {"type": "object", "dynamic": False, "properties": properties}


def _fields(mapped: Json) -> Iterator[str]:
    """What OpenSearch counts against the limit: fields and objects alike."""
    for name, mapping in mapped.items():
        yield name
        yield from _fields(mapping.get("properties", {}))
