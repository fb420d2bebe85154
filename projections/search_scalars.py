"""JSON's scalars as OpenSearch can take them: exact numbers, and dates that it can read.

Invariant: no digit is lost on the way from a payload's text.
"""

import json
import re
from datetime import date
from typing import NoReturn

from domain.canonical_json import fits_double
from domain.timestamps import to_utc

Scalar = str | int | float | bool

_DIGITS_HELD_BY_A_DOUBLE = 15
_DAY_CHARACTERS = 10
_LIKE_A_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt].{6,}|)", re.ASCII)
_BEYOND_MICROSECONDS = re.compile(r"(\.\d{6})\d+", re.ASCII)


class Digits(str):
    """A number whose digits a double does not hold."""

    __slots__ = ()


dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""A value's JSON text without blanks."""


def date_of(text: str) -> str | None:
    """An RFC 3339 date or date-time as OpenSearch can read it, in UTC; None if it is none."""
    if text[4:5] != "-" or not _LIKE_A_DATE.fullmatch(text):
        return None
    try:
        if len(text) == _DAY_CHARACTERS:
            return date.fromisoformat(text).isoformat()
        return to_utc(_BEYOND_MICROSECONDS.sub(r"\1", text))
    except ValueError:
        return None


def _integer(text: str) -> float | Digits:
    return int(text) if len(text) <= _DIGITS_HELD_BY_A_DOUBLE else _decimal(text)


def _decimal(text: str) -> float | Digits:
    value = float(text)
    if repr(value) == text or fits_double(text):
        return value or 0.0  # OpenSearch tells -0.0 from 0, which nobody searches for
    return Digits(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


parse = json.JSONDecoder(parse_int=_integer, parse_float=_decimal, parse_constant=_no_number).decode
"""A JSON text → its value, with Digits for a number that a double does not hold.

Raises ValueError or RecursionError for what the API would have refused.
"""
