"""The query string of a GET route → parameters that are known and obey their limits.

Invariant: a parameter stands as often as it may and obeys its rule, or the request is refused.
"""

import re
from typing import Any

from api.problems import ProblemError
from domain.timestamps import to_utc

DEFAULT_LIMIT = 50


def parameters(
    request: dict[str, Any], *, known: tuple[str, ...], repeatable: tuple[str, ...] = ()
) -> dict[str, str]:
    """The request's query parameters that may stand once; `every` gives the repeatable ones.

    Raises:
        ProblemError: one is neither known nor repeatable, or stands twice and may not.
    """
    given: dict[str, list[str]] = request.get("multiValueQueryStringParameters") or {}
    names = known + repeatable
    for name, values in given.items():
        if name not in names:
            raise refused(name, f"is not known here; the parameters are {', '.join(names)}")
        if len(values) > 1 and name not in repeatable:
            raise refused(name, f"stands {len(values)} times")
    return {name: values[0] for name, values in given.items() if name in known}


def every(request: dict[str, Any], name: str, *, maximum: int) -> list[str]:
    """The values of a repeatable parameter, in their order.

    Raises:
        ProblemError: there are more than `maximum`.
    """
    given: dict[str, list[str]] = request.get("multiValueQueryStringParameters") or {}
    values = given.get(name, [])
    if len(values) > maximum:
        raise refused(name, f"may stand {maximum} times; it stands {len(values)} times")
    return values


def span_of(query: dict[str, str]) -> dict[str, str]:
    """`from` and `to` → the times `start` and `end` in UTC, as far as they are given.

    Raises:
        ProblemError: one is no time, or the first is later than the second.
    """
    names = {"start": "from", "end": "to"}
    span = {key: _time(name, query[name]) for key, name in names.items() if name in query}
    if len(span) > 1 and span["start"] > span["end"]:
        raise refused("from", "must not be later than to")
    return span


def is_descending(query: dict[str, str]) -> bool:
    """`order` → whether the newest come first, as they do if it is not given.

    Raises:
        ProblemError: it is neither desc nor asc.
    """
    order = query.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise refused("order", f"must be desc or asc; {order!r} was sent")
    return order == "desc"


def limit_of(query: dict[str, str], *, maximum: int) -> int:
    """The page's length.

    Raises:
        ProblemError: it is not a whole number from 1 to `maximum`.
    """
    text = query.get("limit", str(DEFAULT_LIMIT))
    if re.fullmatch("[1-9][0-9]{0,4}", text) and int(text) <= maximum:
        return int(text)
    message = f"must be a whole number from 1 to {maximum}; {text[:60]!r} was sent"
    raise refused("limit", message)


def _time(name: str, text: str) -> str:
    try:
        return to_utc(text)
    except ValueError as error:
        hint = " (a + must be sent as %2B)" if " " in text else ""
        message = f"must be RFC 3339 of at most microseconds; {text[:60]!r} was sent{hint}"
        raise refused(name, message) from error


def refused(name: str, message: str) -> ProblemError:
    """The problem of one parameter; `message` states its rule and what was sent instead."""
    errors = [{"field": name, "message": message}]
    return ProblemError("bad-request", f"{name}: {message}", errors=errors)
