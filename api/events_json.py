"""JSON → the events in it, each checked on its own.

Invariant: one outcome for each item, in order; one that is no event spoils no other.
"""

from api.problems import ProblemError
from domain.errors import EventLogError, InvalidEventError, InvalidJsonError, Violation
from domain.event import NewEvent, new_event
from domain.ids import uuid7
from domain.json_text import JsonText, parse_items

MAX_BATCH = 500

Parsed = NewEvent | EventLogError
Posted = tuple[list[Parsed], bool]
"""The events of a request, and whether they came as a list of them."""


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
