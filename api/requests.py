"""The body of POST /events → the events in it, each checked on its own."""

import base64
import binascii
from email.message import Message

from api.http import JSON, Request, header
from api.problems import ProblemError
from domain.errors import EventLogError, InvalidEventError, InvalidJsonError, Violation
from domain.event import NewEvent, new_event
from domain.ids import uuid7
from domain.json_text import JsonText, parse_items

MAX_BATCH = 500

Parsed = NewEvent | EventLogError


def is_batch(text: str) -> bool:
    """Whether a JSON text is an array."""
    return text.lstrip(" \t\n\r").startswith("[")


def body_text(request: Request) -> str:
    """The request's body, decoded exactly once.

    Raises:
        ProblemError: another content type than JSON, or bytes that are not UTF-8.
    """
    _require_json(header(request, "content-type"))
    body: str = request.get("body") or ""
    if not request.get("isBase64Encoded"):
        return body
    try:
        return base64.b64decode(body, validate=True).decode()
    except binascii.Error as error:
        raise ProblemError("bad-request", "the body is not valid base64") from error
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        detail = f"the body is not UTF-8: byte 0x{byte:02x} at offset {error.start}"
        raise ProblemError("invalid-json", detail, offset=error.start) from error


def parse_events(text: str, *, traceparent: str | None = None) -> list[Parsed]:
    """JSON text → one event, or error, per item: of an array each of its 1 to 500, else the one.

    Events that name no trace get the request's `traceparent`.

    Raises:
        InvalidJsonError: the text as a whole is not JSON.
        ProblemError: too few or too many events.
    """
    if not text:
        raise ProblemError("invalid-json", "the body is empty; send one event or an array of them")
    items = parse_items(text)
    if not 1 <= len(items) <= MAX_BATCH:
        detail = f"a batch has 1 to {MAX_BATCH} events; {len(items)} were sent"
        raise ProblemError("bad-request", detail, limit=MAX_BATCH, sent=len(items))
    return [_parse_event(item, traceparent) for item in items]


def _parse_event(
    item: dict[str, JsonText] | JsonText | InvalidJsonError, traceparent: str | None
) -> Parsed:
    if isinstance(item, InvalidJsonError):
        return item
    if isinstance(item, JsonText):
        return InvalidEventError(Violation("", "an event is a JSON object"))
    made = "" if "id" in item else uuid7()
    try:
        return new_event(item, default_id=made, default_traceparent=traceparent)
    except InvalidEventError as error:
        return error


def _require_json(content_type: str | None) -> None:
    if content_type is None or content_type == JSON:  # in nearly every request: nothing to parse
        return
    media = Message()
    media["content-type"] = content_type
    charset = media.get_param("charset", "utf-8")
    if media.get_content_type() != JSON or str(charset).lower() not in {"utf-8", "utf8"}:
        detail = f"send {JSON} in UTF-8, not {content_type}"
        raise ProblemError("unsupported-media-type", detail, supported=[JSON])
