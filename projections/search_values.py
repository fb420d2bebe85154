"""A payload's text → what can be searched of it: typed scalars, readable text, a flat object.

Invariant: any JSON is taken; what cannot be indexed as it is, is left out and said to be. The
bounds keep every term that OpenSearch makes of it under Lucene's 32,766 bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from projections.search_degradations import (
    DEEP,
    LONG_PATH,
    LONG_STRING,
    NUMBER_RANGE,
    UNREADABLE,
)
from projections.search_fields import MAX_NAME_CHARACTERS, WRAPPED, Field, Namespace, path_of
from projections.search_scalars import Digits, Scalar, date_of, dumps, parse

MAX_DEPTH = 20
MAX_STRING_CHARACTERS = 4_096
MAX_PATH_CHARACTERS = 1_024


@dataclass(slots=True)
class Values:
    """What was found in a payload; `flat` is the JSON object for OpenSearch's flat object."""

    fields: dict[Field, list[Scalar]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    degraded: set[str] = field(default_factory=set)
    flat: str = "{}"


def values_of(payload: str) -> Values:
    """All that can be searched of a payload's JSON text."""
    values = Values()
    try:
        value = parse(payload)
        members = value if isinstance(value, dict) else {WRAPPED: value}
        _Walk(values).members(members, path="", depth=0, characters=0)
        if members is value and not values.degraded - {NUMBER_RANGE}:
            values.flat = payload
        else:
            values.flat = dumps(_kept(members, depth=0, characters=0))
    except (ValueError, RecursionError):
        return Values(degraded={UNREADABLE})
    return values


class _Walk:
    """Collects values; `characters` are those of the keys on the way to a value."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._fields: dict[tuple[Namespace, str], list[Scalar]] = values.fields  # type: ignore[assignment]  # a Field is a tuple

    def members(self, value: dict[str, Any], *, path: str, depth: int, characters: int) -> None:
        for key, member in value.items():
            self._value(member, path_of(path, key), depth + 1, characters + len(key) + 1)

    def _value(self, value: Any, path: str, depth: int, characters: int) -> None:
        kind = type(value)
        if depth > MAX_DEPTH or characters > MAX_PATH_CHARACTERS:
            self._values.degraded.add(DEEP if depth > MAX_DEPTH else LONG_PATH)
            self._values.texts += _strings(value)
        elif kind is str:
            self._string(value, path)
        elif kind is dict:
            self.members(value, path=path, depth=depth, characters=characters)
        elif kind is list:
            for element in value:
                self._value(element, path, depth + 1, characters)
        elif kind is bool:
            self._add("boolean", path, value)
        elif kind is Digits:
            self._digits(value, path)
        elif value is not None:
            self._add("number", path, value)

    def _string(self, text: str, path: str) -> None:
        if text:
            self._values.texts.append(text)
        if len(text) > MAX_STRING_CHARACTERS:
            self._values.degraded.add(LONG_STRING)
        elif day := date_of(text):
            self._add("date", path, day)
        else:
            self._add("keyword", path, text)

    def _digits(self, digits: Digits, path: str) -> None:
        number = float(digits)
        if isfinite(number):
            self._add("number", path, number)
        else:
            self._values.degraded.add(NUMBER_RANGE)
        if len(digits) > MAX_STRING_CHARACTERS:
            self._values.degraded.add(LONG_STRING)
        else:
            self._add("keyword", path, str(digits))

    def _add(self, namespace: Namespace, name: str, scalar: Scalar) -> None:
        if found := self._fields.get((namespace, name)):
            found.append(scalar)
        elif len(name) > MAX_NAME_CHARACTERS:
            self._values.degraded.add(LONG_PATH)
        else:
            self._fields[Field(namespace, name)] = [scalar]


def _kept(value: Any, *, depth: int, characters: int) -> Any:
    """A value without what lies beyond the bounds; a number's digits are text, as all terms are."""
    if type(value) is dict:
        return {
            key: _kept(member, depth=depth + 1, characters=characters + len(key) + 1)
            for key, member in value.items()
            if _fits(member, depth + 1, characters + len(key) + 1)
        }
    if type(value) is list:
        elements = (element for element in value if _fits(element, depth + 1, characters))
        return [_kept(element, depth=depth + 1, characters=characters) for element in elements]
    return value


def _fits(value: Any, depth: int, characters: int) -> bool:
    if depth > MAX_DEPTH or characters > MAX_PATH_CHARACTERS:
        return False
    return not (isinstance(value, str) and len(value) > MAX_STRING_CHARACTERS)


def _strings(value: Any) -> Iterator[str]:
    if type(value) is str and value:
        yield value
    elif type(value) is dict or type(value) is list:
        for member in value.values() if type(value) is dict else value:
            yield from _strings(member)
