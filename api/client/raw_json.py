"""JSON taken apart into the texts of its parts.

Invariant: a part's text is what stood there, to the digit; what is done with it is the caller's.
"""

import json
import re
from decimal import Decimal
from typing import Any

_BLANK = re.compile(r"[ \t\n\r]*")
# Numbers are not read here: Python refuses some whole numbers that JSON allows.
_decode = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode


def members_of(text: str) -> dict[str, str]:
    """A JSON object's members: names → texts.

    Raises:
        json.JSONDecodeError: it is none.
        RecursionError: it is nested too deeply for Python.
    """
    members = {}
    at = _past(text, 0, "{")
    while not text.startswith("}", at):
        if not text.startswith('"', at):
            raise json.JSONDecodeError("Expecting property name", text, at)
        name, end = _decode(text, at)
        start = _past(text, end, ":")
        _, end = _decode(text, start)
        members[name] = text[start:end]
        at = _next(text, end, close="}")
    _end(text, at + 1)
    return members


def items_of(text: str) -> list[str]:
    """A JSON array's items, as texts.

    Raises:
        json.JSONDecodeError: it is none.
        RecursionError: it is nested too deeply for Python.
    """
    items = []
    at = _past(text, 0, "[")
    while not text.startswith("]", at):
        _, end = _decode(text, at)
        items.append(text[at:end])
        at = _next(text, end, close="]")
    _end(text, at + 1)
    return items


def texts_of(text: str) -> list[str]:
    """JSON texts that stand one after another, with blanks or line breaks between: each one.

    Raises:
        json.JSONDecodeError: something else stands there.
        RecursionError: one is nested too deeply for Python.
    """
    found = []
    at = _skip(text, 0)
    while at < len(text):
        _, end = _decode(text, at)
        found.append(text[at:end])
        at = _skip(text, end)
    return found


def value_of(text: str) -> Any:
    """A JSON text as Python reads it; of a whole number with too many digits for that, a Decimal.

    Other numbers become what an IEEE double holds: 1e400 infinite, 0.10000000000000000001 0.1.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # more than sys.get_int_max_str_digits()
        return json.loads(text, parse_int=_whole)


def _whole(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:
        return Decimal(text)


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    assert blank is not None  # noqa: S101  # the pattern matches the empty text
    return blank.end()


def _past(text: str, at: int, mark: str) -> int:
    """Behind a mark, which must come next, and the blanks around it."""
    at = _skip(text, at)
    if not text.startswith(mark, at):
        raise json.JSONDecodeError(f"Expecting {mark!r}", text, at)
    return _skip(text, at + 1)


def _next(text: str, at: int, *, close: str) -> int:
    """From behind a part: where the next one begins, or where `close` stands."""
    at = _skip(text, at)
    if text.startswith(close, at):
        return at
    at = _past(text, at, ",")
    if text.startswith(close, at):
        raise json.JSONDecodeError("Expecting value", text, at)
    return at


def _end(text: str, at: int) -> None:
    at = _skip(text, at)
    if at != len(text):
        raise json.JSONDecodeError("Extra data", text, at)
