"""Saved objects as OpenSearch Dashboards exports and imports them: one JSON object a line.

Invariant: ids are ours and stay, so that importing again replaces what was imported before.
https://docs.opensearch.org/latest/dashboards/management/saved-objects/
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["index-pattern", "search", "visualization", "dashboard"]

WRITTEN_FOR: Mapping[Kind, str] = {
    "index-pattern": "7.6.0",
    "search": "7.9.3",
    "visualization": "7.10.0",
    "dashboard": "7.9.3",
}
"""The newest layout of each kind's attributes that every Dashboards since 1.0 knows."""

_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"


@dataclass(frozen=True, slots=True)
class Reference:
    """What an object's attributes mean by a name, since they hold no ids themselves."""

    name: str
    type: Kind
    id: str


@dataclass(frozen=True, slots=True)
class SavedObject:
    """One object; `attributes` in the layout of WRITTEN_FOR."""

    type: Kind
    id: str
    attributes: Mapping[str, Any]
    references: tuple[Reference, ...] = field(default=())

    def line(self) -> str:
        """The object as its line of an import."""
        return json.dumps(
            {
                "type": self.type,
                "id": self.id,
                "attributes": self.attributes,
                "references": [
                    {"name": one.name, "type": one.type, "id": one.id} for one in self.references
                ],
                "migrationVersion": {self.type: WRITTEN_FOR[self.type]},
            },
            ensure_ascii=False,
        )


def ndjson(objects: Iterable[SavedObject]) -> str:
    """The text of an import."""
    return "".join(f"{one.line()}\n" for one in objects)


def compact(value: object) -> str:
    """JSON text for the attributes that hold JSON in a string."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def index_reference(pattern: str, *, name: str = _INDEX) -> Reference:
    """What an object that reads events refers to; `pattern` is the index pattern's id."""
    return Reference(name, "index-pattern", pattern)


def search_source(*, query: str = "", reads_index: bool = True) -> dict[str, str]:
    """The attribute `kibanaSavedObjectMeta`: what is searched, and for what, in DQL."""
    source: dict[str, Any] = {"query": {"query": query, "language": "kuery"}, "filter": []}
    if reads_index:
        source |= {"indexRefName": _INDEX, "highlightAll": True, "version": True}
    return {"searchSourceJSON": compact(source)}
