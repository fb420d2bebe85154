"""CloudEvents in the JSON event format, in structured and in batch mode → events of the log.

https://github.com/cloudevents/spec/blob/ce%40v1.0.2/cloudevents/formats/json-format.md
"""

import base64
import re
from collections.abc import Mapping

from api.cloud_attributes import Value, shown
from api.cloud_events import BASE64, NO_DATA, Data, event_of, string
from api.media_types import media_type
from domain.errors import EventLogError, InvalidEventError, InvalidJsonError, Violation
from domain.event import NewEvent
from domain.json_text import JsonText

_DATA = ("data", "data_base64")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_JSON = "application/json"


def event_of_item(
    item: dict[str, JsonText] | JsonText | InvalidJsonError, trace: str | None
) -> NewEvent | EventLogError:
    """One CloudEvent, as the parser gives it, or why it is none."""
    if isinstance(item, InvalidJsonError):
        return item
    if isinstance(item, JsonText):
        return InvalidEventError(Violation("", "a CloudEvent is a JSON object"))
    try:
        return _event(item, trace)
    except InvalidEventError as error:
        return error


def _event(members: Mapping[str, JsonText], trace: str | None) -> NewEvent:
    attributes: dict[str, Value] = {}
    faults: list[Violation] = []
    for name, member in members.items():
        if name in _DATA or member.text == "null":  # null is the same as unset
            continue
        value = _value(member)
        if value is None:
            rule = "must be a string, a boolean or a whole number"
            faults.append(Violation(name, f"{rule}; {member.text[:60]} was sent"))
        else:
            attributes[name] = value
    data = _data(members, attributes.get("datacontenttype", _JSON))
    if isinstance(data, Violation):
        return event_of(attributes, None, faults=[*faults, data], trace=trace)
    return event_of(attributes, data, faults=faults, trace=trace)


def _value(member: JsonText) -> Value | None:
    """An attribute's value; None where CloudEvents has no type for it."""
    if isinstance(member.value, bool):
        return member.value
    if member.text.startswith('"'):
        return str(member.value)
    return int(member.text) if _INTEGER.fullmatch(member.text) else None


def _data(members: Mapping[str, JsonText], content_type: Value) -> Data | Violation:
    data, encoded = members.get("data"), members.get("data_base64")
    if encoded is not None and encoded.text != "null":
        if data is not None:
            return Violation("data", "must not stand beside data_base64")
        return _binary(encoded)
    if data is None:
        return NO_DATA
    media = media_type(content_type) if isinstance(content_type, str) else None
    if media and not media.is_json and not data.text.startswith('"'):
        message = f"must be a string where datacontenttype is not JSON, as {shown(content_type)} is"
        return Violation("data", message)
    return Data(data)


def _binary(encoded: JsonText) -> Data | Violation:
    """Bytes, kept in the one base64 text that they have (RFC 4648, section 4)."""
    broken = Violation("data_base64", "must be a string in base64 (RFC 4648, section 4)")
    if not encoded.text.startswith('"'):
        return broken
    try:
        raw = base64.b64decode(str(encoded.value), validate=True)
    except ValueError:  # also of characters that are no ASCII
        return broken
    return Data(string(base64.b64encode(raw).decode()), BASE64)
