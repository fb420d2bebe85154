r"""`--filter PATH=VALUE`: which events are shown.

Invariant: numbers are compared as exact decimals. A path is an event's keys joined by dots, as in
`GET /search`; `\` takes the meaning from a dot, `=` or `\` behind it. An array has all its items'
values.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

_FILTER = re.compile(r"((?:[^\\=]|\\.)+)=(.*)", re.DOTALL)
_KEYS = re.compile(r"(?:^|\.)((?:[^\\.]|\\.)*)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class UnreadableFilterError(Exception):
    """A filter is no PATH=VALUE."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no filter; write PATH=VALUE, such as payload.country=FR")


@dataclass(frozen=True, slots=True)
class Match:
    """A value that an event must have at the place that the keys lead to."""

    keys: tuple[str, ...]
    value: str

    @classmethod
    def of(cls, text: str) -> "Match":
        """`PATH=VALUE` → what it asks for.

        Raises:
            UnreadableFilterError: it is none.
        """
        parts = _FILTER.fullmatch(text)
        if parts is None:
            raise UnreadableFilterError(text)
        keys = (_ESCAPED.sub(r"\1", key) for key in _KEYS.findall(parts[1]))
        return cls(tuple(keys), parts[2])


def matches(text: str, filters: Sequence[Match]) -> bool:
    """Whether the event of a JSON text has what all filters ask for."""
    if not filters:
        return True
    event = json.loads(text, parse_int=_exact, parse_float=_exact)
    return all(any(_is(value, one.value) for value in _values(event, one.keys)) for one in filters)


def _values(value: Any, keys: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item, keys)
    elif not keys:
        yield value
    elif isinstance(value, dict) and keys[0] in value:
        yield from _values(value[keys[0]], keys[1:])


def _is(value: Any, text: str) -> bool:
    if isinstance(value, str):
        return value == text
    if isinstance(value, Decimal):
        return _NUMBER.fullmatch(text) is not None and value == _exact(text)
    return not isinstance(value, dict) and json.dumps(value) == text


def _exact(text: str) -> Decimal | str:
    """A number; one beyond even these stays a text."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
