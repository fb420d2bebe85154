"""A CloudEvent in binary mode: attributes in headers, its data as the body → an event of the log.

https://github.com/cloudevents/spec/blob/ce%40v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

import base64
import re
from collections.abc import Mapping, Sequence

from api.cloud_attributes import Value
from api.cloud_events import BASE64, NO_DATA, Data, event_of, string
from api.media_types import MediaType, media_type
from domain.errors import InvalidJsonError, Violation
from domain.event import NewEvent
from domain.json_text import parse_items

PREFIX = "ce-"
CONTENT_TYPE = "content-type"

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_ESCAPED = re.compile(r"\\(.)")
_PERCENT = re.compile("%([0-9A-Fa-f]{2})?")
_PRINTABLE = re.compile("[\x20-\x7e]*")
_JSON = MediaType("application/json", {})


def event_of_message(
    headers: Mapping[str, Sequence[str]], body: bytes, trace: str | None
) -> NewEvent:
    """The event of a request; the headers' names are in lower case, each with all its values.

    Raises:
        InvalidEventError: as `event_of` does.
    """
    attributes, faults = _attributes(headers)
    content_types = headers.get(CONTENT_TYPE, ())
    if len(content_types) > 1:
        message = f"is the header Content-Type, which stands {len(content_types)} times"
        faults.append(Violation("datacontenttype", message))
    content_type = next(iter(content_types), None)
    if content_type is not None:
        attributes["datacontenttype"] = content_type
    data = _data(body, content_type)
    if isinstance(data, Violation):
        return event_of(attributes, None, faults=[*faults, data], trace=trace)
    return event_of(attributes, data, faults=faults, trace=trace)


def _attributes(
    headers: Mapping[str, Sequence[str]],
) -> tuple[dict[str, Value], list[Violation]]:
    """What stands in headers whose names begin with `ce-`, and what of it cannot be read."""
    attributes: dict[str, Value] = {}
    faults: list[Violation] = []
    for header, values in headers.items():
        if not header.startswith(PREFIX):
            continue
        name = header.removeprefix(PREFIX)
        try:
            attributes[name] = _decoded(values)
        except ValueError as error:
            faults.append(Violation(name, str(error)))
    if attributes.pop("datacontenttype", None) is not None:
        message = "is the header Content-Type in binary mode; it must not stand in ce-… too"
        faults.append(Violation("datacontenttype", message))
    return attributes, faults


def _decoded(values: Sequence[str]) -> str:
    """A header's value: quoted strings opened, then percent-decoded once (section 3.1.3.2)."""
    if len(values) > 1:
        raise ValueError(f"stands {len(values)} times")
    [value] = values
    if not _PRINTABLE.fullmatch(value):
        raise ValueError("must be printable ASCII in a header, anything else percent-encoded")
    if '"' in _QUOTED.sub("", value):
        raise ValueError("has a quotation mark without its partner; write one as %22")
    plain = _QUOTED.sub(lambda found: _ESCAPED.sub(r"\1", found[1]), value)
    if any(found[1] is None for found in _PERCENT.finditer(plain)):
        raise ValueError("has a % without two hexadecimal digits behind it; write one as %25")
    raw = _PERCENT.sub(lambda found: chr(int(found[1], 16)), plain).encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise ValueError("is percent-encoded, but not as UTF-8") from error


def _data(body: bytes, content_type: str | None) -> Data | Violation:
    if not body:
        return NO_DATA
    media = _JSON if content_type is None else media_type(content_type)
    if media is None:  # which is a violation of its own
        return NO_DATA
    if media.is_json:
        return _json(body, media)
    if media.is_text and media.is_utf8:
        try:
            return Data(string(body.decode()))
        except UnicodeDecodeError:
            pass  # then it is kept as the bytes that it is
    return Data(string(base64.b64encode(body).decode()), BASE64)


def _json(body: bytes, media: MediaType) -> Data | Violation:
    if not media.is_utf8:
        return Violation("data", "is JSON, and that must be in UTF-8 (RFC 8259, section 8.1)")
    try:
        [data] = parse_items(f'{{"data":{body.decode()}}}')
    except UnicodeDecodeError:
        return Violation("data", "is JSON, as Content-Type says or leaves out, but is not UTF-8")
    except InvalidJsonError as error:
        return Violation(
            "data", f"must be JSON, as Content-Type says or leaves out: {error.reason}"
        )
    if isinstance(data, InvalidJsonError):
        return Violation("data", data.reason)
    if not isinstance(data, dict) or set(data) != {"data"}:
        return Violation("data", "must be one JSON value")
    return Data(data["data"])
