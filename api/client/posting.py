"""Events on their way into the log, as the JSON texts that are sent.

Invariant: each has an id before it is sent, so that sending it again cannot append it twice.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar

from api.client.errors import Problem
from api.client.raw_json import members_of, texts_of
from domain.ids import uuid7

T = TypeVar("T")

MAX_BATCH_EVENTS = 500
MAX_BATCH_BYTES = 2_000_000
"""As a JSON string within Lambda's 6 MB request, text of this size fits whatever is in it."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class EventFields(TypedDict, total=False):
    """What a producer may say of an event besides its type and payload."""

    id: str
    time: str
    source: str
    subject: str
    correlation_id: str
    causation_id: str
    traceparent: str


class _Nothing:
    """Stands for a payload that is not given: None is one."""


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Posting:
    """An event's JSON in UTF-8 and its id; one that cannot be sent has the `problem` instead."""

    id: str | None
    body: bytes = b""
    problem: Problem | None = None


def event_body(type: str, payload: object, payload_text: str | None, fields: EventFields) -> bytes:
    """The JSON of an event that is given by its parts.

    Raises:
        ValueError: there is no payload or there are two, or it cannot be JSON exactly.
        TypeError: a part of the payload is no JSON value.
    """
    if (payload is NOTHING) == (payload_text is None):
        raise ValueError("give either payload or payload_text")
    if payload_text is None:
        payload_text = _encode(payload)
    elif len(texts_of(payload_text)) != 1:
        raise ValueError("payload_text is not one JSON text")
    envelope = _encode({"id": uuid7(), "type": type, **fields})
    return f'{envelope[:-1]},"payload":{payload_text}}}'.encode()


def posting_of(event: Mapping[str, Any] | str) -> Posting:
    """An event that is given as its JSON object, as a mapping or as text.

    Raises:
        TypeError: a part of the mapping is no JSON value.
    """
    try:
        text = event if isinstance(event, str) else _encode(event)
        members = members_of(text) if text.lstrip(" \t\n\r").startswith("{") else None
        if members is None:
            texts_of(text)
            return Posting(None, text.encode())
        if "id" in members:
            id = json.loads(members["id"])
            return Posting(id if isinstance(id, str) else None, text.encode())
        id = uuid7()
        rest = text.lstrip(" \t\n\r")[1:]
        return Posting(id, f'{{"id":"{id}"{"," if members else ""}{rest}'.encode())
    except (ValueError, RecursionError) as error:
        return Posting(None, problem=_unsendable(error))


def batches(
    items: Iterable[T], *, size: Callable[[T], int], most: int = MAX_BATCH_EVENTS
) -> Iterator[list[T]]:
    """Items in groups that one request each can carry, in order; `size` is an item's, in bytes."""
    batch: list[T] = []
    total = 0
    for item in items:
        added = size(item) + 1  # a comma
        if batch and (len(batch) == most or total + added > MAX_BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += added
    if batch:
        yield batch


def _unsendable(error: ValueError | RecursionError) -> Problem:
    match error:
        case json.JSONDecodeError():
            detail = f"not JSON: {error.msg} at column {error.colno}"
        case UnicodeEncodeError():
            detail = f"not JSON that can be kept: a lone surrogate at character {error.start + 1}"
        case RecursionError():
            detail = "not JSON that can be kept: nested too deeply"
        case _:
            detail = f"not JSON that can be kept: {error}"
    title = "The body is not JSON that can be kept exactly"
    members = {"title": title, "status": 400, "detail": detail}
    return Problem(400, "invalid-json", title, detail, members)
