"""A problem document (RFC 9457), with the members that some kind of problem has.

https://www.rfc-editor.org/rfc/rfc9457.html#section-3
"""

from collections.abc import Iterable
from typing import Any

from infra.openapi.json_schema import Schema, closed_object, ref

BLANK = "about:blank"
"""The type of API Gateway's own problems, which are what their status says."""

_TEXT = {"type": "string"}
_NUMBERS = ("line", "column", "offset", "limit", "sent", "size")


def problem() -> Schema:
    """Any problem of this API."""
    violation = closed_object({"field": _TEXT, "message": _TEXT})
    members: dict[str, Any] = {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _TEXT,
        "instance": _TEXT,
        "errors": {"type": "array", "items": violation},
        **{name: {"type": "integer"} for name in _NUMBERS},
        "stored": closed_object({"id": _TEXT, "hash": _TEXT}),
        "supported": {"type": "array", "items": _TEXT},
        "allowed": {"type": "array", "items": _TEXT},
    }
    meaning = "What went wrong, and what to do (RFC 9457)."
    return closed_object(members, required=["type", "title", "detail"], description=meaning)


def problem_of_types(types: Iterable[str]) -> Schema:
    """A problem whose type is one of these, or a URI that ends in the same kind."""
    kinds = [one.rpartition(":")[2].rpartition("/")[2] for one in types if one != BLANK]
    patterns = [f"^{BLANK}$"] if BLANK in types else []
    patterns += [f"[:/](?:{'|'.join(kinds)})$"] if kinds else []
    return {"allOf": [ref("Problem"), {"properties": {"type": {"pattern": "|".join(patterns)}}}]}
