"""The rules between a GET's parameters, which OpenAPI has no words for."""

import math
import os
import re
from typing import Any

from domain.timestamps import to_utc
from tests.fuzz.told import TYPES

OF_ONE = "id", "source"
"""The parameters of GET /events that name one event."""

_LISTING = "type", "from", "to", "order", "limit"
_COMPARED = re.compile(r"(?:[^\\:]|\\.)*:[<>]=?(.*)", re.DOTALL)
_FRACTION = re.compile(r"\.[0-9]+")


def obeying(query: dict[str, Any], path: str) -> dict[str, Any]:
    """A query of the path's GET or HEAD, as the rules between parameters want it."""
    query.pop("cursor", None)  # it comes from an answer; links put it in
    if "to" in query and "from" in query and not _in_order(query):
        del query["to"]
    if path == "/events":
        query = _one_or_listed(query)
    if path == "/types" and TYPES in os.environ:
        limit, most = query.get("limit"), int(os.environ[TYPES])
        query["limit"] = min(limit, most) if isinstance(limit, int) else most
    if isinstance(query.get("filter"), list):
        query["filter"] = [text for text in query["filter"] if _is_possible(text)]
    return query


def _in_order(query: dict[str, Any]) -> bool:
    try:
        return to_utc(str(query["from"])) <= to_utc(str(query["to"]))
    except ValueError:
        return True  # whatever is wrong with them, it is not their order


def _is_possible(text: object) -> bool:
    """Whether what is compared with is a date of the calendar, or a number that a double holds."""
    found = _COMPARED.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return True
    limit = found[1]
    try:
        return math.isfinite(float(limit))
    except ValueError:
        return _is_moment(limit if "T" in limit.upper() else f"{limit}T00:00:00Z")


def _is_moment(text: str) -> bool:
    try:
        to_utc(_FRACTION.sub("", text))
    except ValueError:
        return False
    return True


def _one_or_listed(query: dict[str, Any]) -> dict[str, Any]:
    """Either an id, perhaps with its source, or a listing of a type."""
    if "id" in query:
        return {name: value for name, value in query.items() if name in OF_ONE}
    return {"type": "order.placed"} | {n: v for n, v in query.items() if n in _LISTING}
