"""Bodies of POST /events that are not plain JSON: lines of it, and CloudEvents in all three modes.

https://github.com/cloudevents/spec/blob/ce%40v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

from api.body import body_bytes, body_text
from api.cloud_events_binary import event_of_message
from api.cloud_events_json import event_of_item
from api.events_json import Parsed, Posted, check_size, is_array, parsed, posted_json
from api.http import (
    BINARY_MODE,
    CLOUD_EVENT,
    CLOUD_EVENTS,
    JSON,
    NDJSON,
    Headers,
    Request,
    header_values,
)
from api.media_types import MediaType, media_type
from api.problems import ProblemError
from domain.errors import InvalidEventError, InvalidJsonError, Violation
from domain.json_text import parse_items

SUPPORTED = (JSON, NDJSON, CLOUD_EVENT, CLOUD_EVENTS)
"""The media types of a body, but for the data of a CloudEvent in binary mode, which is any."""

_CLOUD_EVENTS = "application/cloudevents"
"""What the media types of structured and of batch mode begin with (section 3)."""


def posted_otherwise(
    request: Request, headers: Headers, content_type: str, *, trace: str | None, key: str | None
) -> Posted:
    """As `posted`, for every request that is not plain JSON.

    Raises:
        InvalidJsonError, ProblemError: as `posted`.
        InvalidEventError: a CloudEvent in binary mode breaks a rule.
    """
    media = media_type(content_type)
    is_structured = content_type.lower().startswith(_CLOUD_EVENTS)
    if not is_structured and not headers.keys().isdisjoint(BINARY_MODE):
        return [event_of_message(header_values(request), body_bytes(request), trace)], False
    if media is None or media.essence not in SUPPORTED or not media.is_utf8:
        detail = f"send one of {', '.join(SUPPORTED)} in UTF-8, not {content_type}"
        raise ProblemError("unsupported-media-type", detail, supported=list(SUPPORTED))
    if media.essence == JSON:
        return posted_json(body_text(request), trace=trace, key=key)
    return _read(media, body_text(request), trace)


def _read(media: MediaType, text: str, trace: str | None) -> Posted:
    if media.essence == NDJSON:
        return _lines(text, trace), True
    is_batch = media.essence == CLOUD_EVENTS
    if text.strip(" \t\n\r") and is_array(text) != is_batch:
        form = f"an array is for {CLOUD_EVENTS}, one object for {CLOUD_EVENT}"
        raise ProblemError(
            "invalid-json", f"the body is not of the form that it is sent as: {form}"
        )
    items = parse_items(text)
    if is_batch:
        check_size(len(items), least=0)
    return [event_of_item(item, trace) for item in items], is_batch


def _lines(text: str, trace: str | None) -> list[Parsed]:
    """Each line that is not blank on its own; one that is no JSON spoils no other."""
    numbered = enumerate(text.split("\n"), start=1)
    lines = [(number, line) for number, line in numbered if line.strip(" \t\r")]
    check_size(len(lines), least=1)
    return [_line(number, line, trace) for number, line in lines]


def _line(number: int, line: str, trace: str | None) -> Parsed:
    try:
        items = parse_items(line)
    except InvalidJsonError as error:
        return InvalidJsonError(error.reason, line=number, column=error.column or 1)
    if is_array(line):
        return InvalidEventError(Violation("", "an event is a JSON object"))
    return parsed(items[0], trace)
