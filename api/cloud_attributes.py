"""The rules that CloudEvents 1.0.2 has for an event's attributes.

Invariant: attributes without a violation are a CloudEvent's.
https://github.com/cloudevents/spec/blob/ce%40v1.0.2/cloudevents/spec.md
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping

from api.media_types import media_type
from api.uri_syntax import is_absolute_uri, is_uri_reference
from domain.errors import Violation
from domain.timestamps import is_rfc3339

Value = str | bool | int
Attributes = Mapping[str, Value]
"""Attributes by name. An unset one has no entry; a binary, URI or timestamp is its string."""

SPECVERSION = "1.0"
REQUIRED = ("id", "source", "specversion", "type")
OPTIONAL = ("datacontenttype", "dataschema", "subject", "time")

LINKS = {"correlationid": "correlation_id", "causationid": "causation_id"}
"""The attributes of the Correlation extension → the fields of an event that say the same."""

RULES: dict[str, tuple[Callable[[str], bool], str]] = {
    "specversion": (SPECVERSION.__eq__, f"must be {SPECVERSION}"),
    "source": (is_uri_reference, "must be a URI-reference (RFC 3986)"),
    "dataschema": (is_absolute_uri, "must be an absolute URI without a fragment (RFC 3986, 4.3)"),
    "datacontenttype": (lambda text: media_type(text) is not None, "must be a media type"),
    "time": (is_rfc3339, "must be a timestamp of RFC 3339, such as 2026-01-31T12:00:00Z"),
}
"""Attribute → what its text must be, beyond a string with something in it."""

_STRINGS = {*REQUIRED, *OPTIONAL, *LINKS}
_NAME = re.compile("[a-z0-9]+")
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
_MAX_INTEGER = 2**31
_SHOWN_CHARACTERS = 60


def broken(attributes: Attributes) -> Iterator[Violation]:
    """One violation, at least, for each attribute that is missing or breaks a rule."""
    for name in REQUIRED:
        if name not in attributes:
            yield Violation(name, "is required of a CloudEvent")
    for name, value in attributes.items():
        if not _NAME.fullmatch(name) or name == "data":
            rule = "is no name of an attribute: those have lower-case letters and digits alone"
            yield Violation(name, f"{rule}, and none is called data")
        elif breach := _breach(name, value):
            yield Violation(name, f"{breach}; {shown(value)} was sent")


def _breach(name: str, value: Value) -> str | None:
    if name in _STRINGS and not (isinstance(value, str) and value):
        return "must be a string that is not empty"
    if isinstance(value, str):
        if found := _FORBIDDEN.search(value):
            return f"must have no control characters and no noncharacters; U+{ord(found[0]):04X}"
        is_right, rule = RULES.get(name, (None, ""))
        return rule if is_right and not is_right(value) else None
    if not -_MAX_INTEGER <= value < _MAX_INTEGER:
        return "must be a whole number of 32 bits"
    return None


def without_forbidden(text: str) -> str:
    """A text with the characters that no CloudEvent's string may have percent-encoded."""
    return _FORBIDDEN.sub(lambda found: "".join(f"%{b:02X}" for b in found[0].encode()), text)


def shown(value: Value) -> str:
    """A value as a message shows it."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
