"""POST /events: parse, append, answer.

Invariant: a 201, or a `created` in a batch's answer, is given only for what the log has accepted.
"""

import json
from typing import Any

from api.http import (
    Handler,
    Request,
    Response,
    answering_problems,
    event_path,
    json_response,
    principal,
)
from api.problems import problem_of
from api.requests import Parsed, body_text, is_batch, parse_events
from domain.errors import (
    EventConflictError,
    EventLogError,
    LogUnavailableError,
    UnreadableItemError,
)
from domain.event import NewEvent
from domain.log import Appended, Log, Outcome


def build(*, log: Log) -> Handler:
    """The write function's handler over a log."""

    def post(request: Request) -> Response:
        text = body_text(request)
        events = parse_events(text)
        if is_batch(text):
            return _batch_answer(events, _append_parsed(log, events, by=principal(request)))
        [event] = events
        if isinstance(event, EventLogError):
            raise event
        return _answer(request, log.append(event, recorded_by=principal(request)))

    return answering_problems(post)


def _answer(request: Request, appended: Appended) -> Response:
    event = appended.event
    return json_response(
        201 if appended.created else 200,
        event.to_json(),
        Location=event_path(request, event.id),
        ETag=f'"{event.hash}"',
    )


def _append_parsed(log: Log, parsed: list[Parsed], *, by: str | None) -> list[Outcome]:
    """One outcome per parsed item, in order; what was refused in parsing is not appended."""
    events = [event for event in parsed if isinstance(event, NewEvent)]
    outcomes = iter(log.append_many(events, recorded_by=by))
    return [next(outcomes) if isinstance(event, NewEvent) else event for event in parsed]


def _batch_answer(events: list[Parsed], outcomes: list[Outcome]) -> Response:
    results = [_result(event, outcome) for event, outcome in zip(events, outcomes, strict=True)]
    return json_response(200, json.dumps({"results": results}, ensure_ascii=False))


def _result(event: Parsed, outcome: Outcome) -> dict[str, Any]:
    id = {"id": event.id} if isinstance(event, NewEvent) else {}
    if isinstance(outcome, Appended):
        stored = outcome.event
        status = "created" if outcome.created else "duplicate"
        return {"status": status, **id, "recorded_at": stored.recorded_at, "hash": stored.hash}
    return {"status": _status(outcome), **id, "problem": problem_of(outcome).document()}


def _status(error: EventLogError) -> str:
    match error:
        case EventConflictError() | UnreadableItemError():  # its id is taken
            return "conflict"
        case LogUnavailableError():
            return "failed"
    return "invalid"
