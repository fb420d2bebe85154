"""The texts of `q` and `filter` → what to search for.

Invariant: a text is read in one way only; what cannot be read is refused with how to write it.
"""

import math
import re
from typing import Final

from api.parameters import refused
from api.problems import ProblemError
from projections.search_query import (
    ENVELOPE,
    Comparison,
    FieldEquals,
    Filter,
    PayloadCompares,
    PayloadEquals,
)
from projections.search_scalars import date_of

MAX_QUERY_CHARACTERS = 256
MAX_PHRASES = 8
MAX_FILTER_CHARACTERS = 5_120
"""The longest path and the longest text that the projection has fields for, together."""

_FORM = "write it as payload.path.to.value:text or as FIELD:text, with FIELD one of {}".format(
    ", ".join(ENVELOPE)
)
_COMPARISONS: Final[dict[str, Comparison]] = {">=": "gte", ">": "gt", "<=": "lte", "<": "lt"}
_FIELD = re.compile(r"((?:[^\\:]|\\.)*):(>=|>|<=|<|=)?(.*)", re.DOTALL)
_KEYS = re.compile(r"(?:^|\.)((?:[^\\.]|\\.)*)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PHRASE = re.compile(r'"([^"]*)"')
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def words_and_phrases(text: str) -> tuple[str, tuple[str, ...]]:
    """`q` → its words, separated by blanks, and what stands in it between quotation marks.

    A quotation mark without a partner counts as a blank.

    Raises:
        ProblemError: it is too long, or has too many phrases, or nothing to search for.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise refused("q", f"may have {MAX_QUERY_CHARACTERS} characters; {len(text)} were sent")
    phrases = tuple(phrase for phrase in _PHRASE.findall(text) if phrase.strip())
    if len(phrases) > MAX_PHRASES:
        raise refused("q", f"may have {MAX_PHRASES} phrases; {len(phrases)} were sent")
    words = " ".join(_PHRASE.sub(" ", text).replace('"', " ").split())
    if not words and not phrases:
        raise refused("q", "must have a word; leave it out to search by the other parameters")
    return words, phrases


def filter_of(text: str) -> Filter:
    r"""`FIELD:text`, `payload.a.b:text` or `payload.a.b:>=10` → the filter.

    The field ends at the first colon, and its keys at its dots; a backslash takes the meaning from
    a colon, dot or backslash behind it. `:=` takes it from a comparison that a text begins with.

    Raises:
        ProblemError: it cannot be read.
    """
    if len(text) > MAX_FILTER_CHARACTERS:
        raise refused("filter", f"must have at most {MAX_FILTER_CHARACTERS} characters")
    match = _FIELD.fullmatch(text)
    if match is None:
        raise _unreadable(text, f"has no colon behind a field; {_FORM}")
    field, operator, value = match.groups()
    if field in ENVELOPE:
        if operator in _COMPARISONS:
            raise _unreadable(text, f"compares {field}, a text; write {field}:={operator}… for one")
        return FieldEquals(field, value)
    if not field.startswith("payload."):
        raise _unreadable(text, f"names no field that can be filtered by; {_FORM}")
    _, *keys = _keys(field)
    if operator in _COMPARISONS:
        return PayloadCompares(tuple(keys), _COMPARISONS[operator], _limit(text, value))
    return PayloadEquals(tuple(keys), value)


def _keys(field: str) -> tuple[str, ...]:
    """A field's keys: the texts between its dots."""
    return tuple(_ESCAPED.sub(r"\1", key) for key in _KEYS.findall(field))


def _limit(text: str, value: str) -> float | str:
    """What is compared with: a finite number, or a date in UTC; a day is its first moment."""
    if _NUMBER.fullmatch(value) and math.isfinite(number := float(value)):
        return number
    if (day := date_of(value)) is None:
        hint = "a number such as 10.5, or RFC 3339 such as 2026-01-31T12:00:00Z or 2026-01-31"
        raise _unreadable(text, f"compares with {value[:60]!r}; it takes {hint}")
    return day if "T" in day else f"{day}T00:00:00Z"


def _unreadable(text: str, message: str) -> ProblemError:
    return refused("filter", f"{text[:60]!r} {message}")
