"""Whether a document of the search projection is what an event says it is.

Invariant: fields that its index had no room for make no difference, if the document says so.
"""

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any

from domain.event import Event
from projections.search_document import Document
from projections.search_fields import NAMESPACES, Field

_NOT_KEPT = "text"
"""The member of a document that OpenSearch indexes and does not give back."""


def is_document_of(event: Event, source: Any) -> bool:
    """Whether `source`, as OpenSearch has it, is the document of an event."""
    text = Document(event).json(set(_fields_in(source)))
    expected: dict[str, Any] = json.loads(text, parse_float=_number)
    del expected[_NOT_KEPT]
    return bool(expected == source)


def _fields_in(source: Any) -> Iterator[Field]:
    for namespace in NAMESPACES:
        fields = source.get(namespace, {})
        if isinstance(fields, dict):
            yield from (Field(namespace, name) for name in fields)


def _number(text: str) -> float | str:
    """A number as OpenSearch gives it back, which keeps a document's as doubles."""
    number = float(text)
    return number if isfinite(number) else str(number).replace("inf", "Infinity")
