"""RFC 3339 timestamps; those the log makes have one width, so that text order is time order."""

import re
from datetime import UTC, datetime

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_FRACTION_DIGITS = 6


def format_utc(moment: datetime) -> str:
    """An aware datetime → `2026-11-23T10:00:00.000000Z`: UTC, always 27 characters."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='microseconds')}Z"


def is_rfc3339(text: str) -> bool:
    """Whether the text is an RFC 3339 date-time of the calendar; a leap second (:60) is one."""
    return _datetime(text) is not None


def to_utc(text: str) -> str:
    """An RFC 3339 date-time of at most microseconds, in the width of `format_utc`.

    Raises:
        ValueError: it is none, or lies outside the years 1 to 9999 in UTC.
    """
    moment = _datetime(text)
    match = _RFC3339.fullmatch(text)
    if moment is None or match is None or len(match[4] or "") > _FRACTION_DIGITS:
        raise ValueError(text)
    try:
        return format_utc(moment)
    except OverflowError as error:
        raise ValueError(text) from error


def _datetime(text: str) -> datetime | None:
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    date, minute, second, fraction, offset = match.groups()
    second = "59" if second == "60" else second
    microseconds = (fraction or "0")[:_FRACTION_DIGITS].ljust(_FRACTION_DIGITS, "0")
    try:
        return datetime.fromisoformat(f"{date}T{minute}:{second}.{microseconds}{offset.upper()}")
    except ValueError:
        return None
