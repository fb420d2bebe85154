"""The body of POST /events → the events in it, each checked on its own.

Invariant: the content type alone, and for CloudEvents in binary mode their headers, say how a body
is read; whatever it holds never does.
"""

import base64
import binascii

from api.http import CLOUD_EVENT, CLOUD_EVENTS, JSON, NDJSON, Headers, Request, header
from api.problems import ProblemError
from domain.errors import EventLogError, InvalidEventError, InvalidJsonError, Violation
from domain.event import NewEvent, new_event
from domain.ids import uuid7
from domain.json_text import JsonText, parse_items

MAX_BATCH = 500

SUPPORTED = (JSON, NDJSON, CLOUD_EVENT, CLOUD_EVENTS)
"""The media types of a body, but for the data of a CloudEvent in binary mode, which is any."""

Parsed = NewEvent | EventLogError
Posted = tuple[list[Parsed], bool]
"""The events of a request, and whether they came as a list of them."""

_GZIP = b"\x1f\x8b"  # what every such file begins with, and no JSON
BINARY_MODE = ("ce-id", "ce-source", "ce-specversion", "ce-type")
"""A request with one of these headers is a CloudEvent in binary mode, if perhaps a broken one."""


def posted(request: Request, headers: Headers, *, trace: str | None) -> Posted:
    """What a request brings. Events that name no trace get `trace`.

    Raises:
        InvalidJsonError: the text as a whole is not JSON.
        ProblemError: another content type, bytes that are not UTF-8, too few or too many events.
    """
    if "idempotency-key" not in headers:
        return _posted(request, headers, trace=trace, key=None)
    from api.wishes import key_of  # noqa: PLC0415  # few send one

    found, is_batch = _posted(request, headers, trace=trace, key=key_of(headers))
    if is_batch:
        detail = "Idempotency-Key gives one event its id; in a batch, give each event its own"
        raise ProblemError("bad-request", detail)
    return found, is_batch


def _posted(request: Request, headers: Headers, *, trace: str | None, key: str | None) -> Posted:
    content_type = headers.get("content-type", JSON)
    if content_type != JSON or not headers.keys().isdisjoint(BINARY_MODE):
        from api.other_requests import posted_otherwise  # noqa: PLC0415  # the others start fast

        return posted_otherwise(request, headers, content_type, trace=trace, key=key)
    return posted_json(body_text(request), trace=trace, key=key)


def posted_json(text: str, *, trace: str | None, key: str | None) -> Posted:
    """One event as a JSON object, or an array of 1 to 500. One without an id gets `key` as its id.

    Raises:
        InvalidJsonError, ProblemError: as `posted`.
    """
    if not text:
        raise ProblemError("invalid-json", "the body is empty; send one event or an array of them")
    items = parse_items(text)
    check_size(len(items), least=1)
    return [parsed(item, trace, key) for item in items], is_array(text)


def parsed(
    item: dict[str, JsonText] | JsonText | InvalidJsonError,
    trace: str | None,
    key: str | None = None,
) -> Parsed:
    """One event, as the parser gives it, or why it is none."""
    if isinstance(item, InvalidJsonError):
        return item
    if isinstance(item, JsonText):
        return InvalidEventError(Violation("", "an event is a JSON object"))
    made = "" if "id" in item else key or uuid7()
    try:
        return new_event(item, default_id=made, default_traceparent=trace)
    except InvalidEventError as error:
        return error


def check_size(sent: int, *, least: int) -> None:
    """Refuse a batch with too few or too many events.

    Raises: ProblemError.
    """
    if not least <= sent <= MAX_BATCH:
        detail = f"a batch has {least} to {MAX_BATCH} events; {sent} were sent"
        raise ProblemError("bad-request", detail, limit=MAX_BATCH, sent=sent)


def is_array(text: str) -> bool:
    """Whether a JSON text is an array."""
    return text.lstrip(" \t\n\r").startswith("[")


def body_text(request: Request) -> str:
    """The request's body, decoded exactly once.

    Raises:
        ProblemError: bytes that are not UTF-8.
    """
    if not request.get("isBase64Encoded"):
        return request.get("body") or ""
    try:
        return body_bytes(request).decode()
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        detail = f"the body is not UTF-8: byte 0x{byte:02x} at offset {error.start}"
        raise ProblemError("invalid-json", detail, offset=error.start) from error


def body_bytes(request: Request) -> bytes:
    """The request's body as it was sent.

    Raises: ProblemError.
    """
    body: str = request.get("body") or ""
    if not request.get("isBase64Encoded"):
        return body.encode()
    try:
        raw = base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise ProblemError("bad-request", "the body is not valid base64") from error
    if raw.startswith(_GZIP) and header(request, "content-encoding") == "gzip":
        from api.compressed_bodies import opened  # noqa: PLC0415  # the gateway opens them

        return opened(raw)
    return raw
