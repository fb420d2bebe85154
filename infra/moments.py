"""Moments as people write them: `10m` ago, or RFC 3339."""

import re
from datetime import datetime, timedelta

from domain.timestamps import to_utc

_SPAN = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class UnreadableMomentError(Exception):
    """A text is no moment, or no span of time."""

    def __init__(self, text: str, *, expected: str) -> None:
        super().__init__(f"{text!r} is not {expected}")


def span_of(text: str) -> timedelta:
    """`30s`, `10m`, `2h` or `1d` → the span.

    Raises:
        UnreadableMomentError: it is none.
    """
    parts = _SPAN.fullmatch(text)
    if parts is None:
        raise UnreadableMomentError(text, expected="a span such as 30s, 10m, 2h or 1d")
    return timedelta(**{_UNITS[parts[2]]: int(parts[1])})


def moment_of(text: str) -> datetime | timedelta:
    """A moment in RFC 3339, or how long ago it was.

    Raises:
        UnreadableMomentError: it is neither.
    """
    if _SPAN.fullmatch(text):
        return span_of(text)
    try:
        return datetime.fromisoformat(to_utc(text))
    except ValueError as error:
        expected = "a moment such as 2026-01-31T12:00:00Z, nor a span such as 30s, 10m, 2h or 1d"
        raise UnreadableMomentError(text, expected=expected) from error
