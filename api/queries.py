"""The query string of the read routes → checked parameters.

Invariant: a parameter is known, stands once and obeys its limits, or the request is refused.
"""

import re
from typing import Any

from api.problems import ProblemError
from domain.event import MAX_CHARACTERS
from domain.timestamps import to_utc
from projections.by_type_listing import Listing

DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
MAX_TYPES_LIMIT = 100


def parameters(request: dict[str, Any], *, known: tuple[str, ...]) -> dict[str, str]:
    """The request's query parameters, each once.

    Raises:
        ProblemError: one is unknown or stands twice.
    """
    given: dict[str, list[str]] = request.get("multiValueQueryStringParameters") or {}
    for name, values in given.items():
        if name not in known:
            raise _refused(name, f"is not known here; the parameters are {', '.join(known)}")
        if len(values) > 1:
            raise _refused(name, f"stands {len(values)} times")
    return {name: values[0] for name, values in given.items()}


def listing_of(query: dict[str, str]) -> Listing:
    """`type`, `from`, `to` and `order` → what is to be listed.

    Raises:
        ProblemError: one breaks its rule.
    """
    if not 1 <= len(query["type"]) <= MAX_CHARACTERS["type"]:
        raise _refused("type", f"must have 1 to {MAX_CHARACTERS['type']} characters")
    bounds = {}
    if "from" in query:
        bounds["start"] = _time("from", query["from"])
    if "to" in query:
        bounds["end"] = _time("to", query["to"])
    if len(bounds) > 1 and bounds["start"] > bounds["end"]:
        raise _refused("from", "must not be later than to")
    order = query.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise _refused("order", f"must be desc or asc; {order!r} was sent")
    return Listing(type=query["type"], descending=order == "desc", **bounds)


def limit_of(query: dict[str, str], *, maximum: int) -> int:
    """The page's length.

    Raises:
        ProblemError: it is not a whole number from 1 to `maximum`.
    """
    text = query.get("limit", str(DEFAULT_LIMIT))
    if re.fullmatch("[1-9][0-9]{0,4}", text) and int(text) <= maximum:
        return int(text)
    message = f"must be a whole number from 1 to {maximum}; {text[:60]!r} was sent"
    raise _refused("limit", message)


def _time(name: str, text: str) -> str:
    try:
        return to_utc(text)
    except ValueError as error:
        hint = " (a + must be sent as %2B)" if " " in text else ""
        message = f"must be RFC 3339 of at most microseconds; {text[:60]!r} was sent{hint}"
        raise _refused(name, message) from error


def _refused(name: str, message: str) -> ProblemError:
    errors = [{"field": name, "message": message}]
    return ProblemError("bad-request", f"{name}: {message}", errors=errors)
