"""An index mapping as the fields of an index pattern, in the words of OpenSearch Dashboards.

Invariant: a field says of itself what OpenSearch's field capabilities would say, so that Dashboards
takes the list as it stands.
https://docs.opensearch.org/latest/dashboards/management/index-patterns/
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Field = dict[str, Any]

UNKNOWN = "unknown"
"""Dashboards' word for a type that it can filter by but neither sort nor chart."""

_TYPES = {
    "keyword": "string",
    "constant_keyword": "string",
    "wildcard": "string",
    "text": "string",
    "match_only_text": "string",
    "date": "date",
    "date_nanos": "date",
    "boolean": "boolean",
    "ip": "ip",
    **dict.fromkeys(("byte", "short", "integer", "long", "unsigned_long"), "number"),
    **dict.fromkeys(("half_float", "float", "double", "scaled_float"), "number"),
}
_WITHOUT_VALUES = {"text", "match_only_text", "flat_object"}
"""Types whose fields have no column of values to sort or aggregate."""

_META = (
    ("_id", "string", "_id", True, True),
    ("_index", "string", "_index", True, True),
    ("_score", "number", None, False, False),
    ("_source", "_source", "_source", False, False),
    ("_type", "string", None, False, False),  # which Dashboards 2 still lists
)


def pattern_fields(properties: Mapping[str, Any]) -> list[Field]:
    """The fields of a mapping's `properties`, and those that every document has; by name."""
    return _by_name([*_meta_fields(), *_mapped(properties, prefix="")])


def merged(described: Iterable[Field], found: Iterable[Field]) -> list[Field]:
    """What is described and what an index has; where both name a field, the index is right."""
    return _by_name([*described, *({"count": 0, "scripted": False, **one} for one in found)])


def _by_name(fields: Iterable[Field]) -> list[Field]:
    known = {one["name"]: one for one in fields}
    return [known[name] for name in sorted(known)]


def _meta_fields() -> Iterator[Field]:
    for name, type, mapped, searchable, aggregatable in _META:
        yield {
            **_field(name, type, searchable=searchable, aggregatable=aggregatable),
            "esTypes": [mapped] if mapped else [],
            "readFromDocValues": False,
        }


def _mapped(properties: Mapping[str, Any], *, prefix: str) -> Iterator[Field]:
    for name, mapping in properties.items():
        path = f"{prefix}{name}"
        if "properties" in mapping:
            yield from _mapped(mapping["properties"], prefix=f"{path}.")
        elif (type := mapping.get("type")) and type != "object":
            aggregatable = mapping.get("doc_values", type not in _WITHOUT_VALUES)
            yield {
                **_field(
                    path,
                    _TYPES.get(type, UNKNOWN),
                    searchable=mapping.get("index", True),
                    aggregatable=aggregatable,
                ),
                "esTypes": [type],
                "readFromDocValues": aggregatable,
            }


def _field(name: str, type: str, *, searchable: bool, aggregatable: bool) -> Field:
    return {
        "name": name,
        "type": type,
        "count": 0,
        "scripted": False,
        "searchable": searchable,
        "aggregatable": aggregatable,
    }
