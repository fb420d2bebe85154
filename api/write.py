"""POST /events: parse, append, answer.

Invariant: a 201, or a `created` in a batch's answer, is given only for what the log has accepted.
"""

import json
from typing import Any

from api.handling import Account, Handler, handler_of
from api.http import Request, Response, event_path, json_response, principal, traceparent
from api.problems import ProblemError, problem_of
from api.requests import Parsed, body_text, is_batch, parse_events
from domain.errors import (
    EventConflictError,
    EventLogError,
    LogUnavailableError,
    UnreadableItemError,
)
from domain.event import NewEvent
from domain.log import Appended, Log, Outcome
from domain.metrics import APPENDED, CONFLICTS, DUPLICATES, REJECTED, REJECTED_BY_REASON
from domain.telemetry import Telemetry, event_keys


def build(*, log: Log, telemetry: Telemetry) -> Handler:
    """The write function's handler over a log."""

    def post(request: Request, account: Account) -> Response:
        text = body_text(request)
        trace = traceparent(request)
        if trace:
            account.keys["traceparent"] = trace
        events = parse_events(text, traceparent=trace)
        by = principal(request)
        if is_batch(text):
            outcomes = _append_parsed(log, events, by=by)
            for event, outcome in zip(events, outcomes, strict=True):
                _count(outcome, account)
                _tell(event, outcome, telemetry)
            return _batch_answer(events, outcomes)
        [event] = events
        if isinstance(event, EventLogError):
            raise event
        account.keys |= event_keys(event)
        appended = log.append(event, recorded_by=by)
        _count(appended, account)
        return _answer(request, appended)

    def counted(request: Request, account: Account) -> Response:
        try:
            return post(request, account)
        except (ProblemError, EventLogError) as error:
            _count(error, account)
            raise

    return handler_of(counted, telemetry=telemetry)


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


def _count(outcome: Outcome | ProblemError, account: Account) -> None:
    """Exactly one of the metrics for each event, or for a request refused as a whole."""
    match outcome:
        case Appended(created=created):
            account.outcomes["created" if created else "duplicate"] += 1
            account.measured[APPENDED if created else DUPLICATES, None] += 1
        case EventConflictError():
            account.outcomes["conflict"] += 1
            account.measured[CONFLICTS, None] += 1
        case _:
            kind = (outcome if isinstance(outcome, ProblemError) else problem_of(outcome)).kind
            account.outcomes[kind] += 1
            account.measured[REJECTED, None] += 1
            account.measured[REJECTED_BY_REASON, kind] += 1


def _tell(event: Parsed, outcome: Outcome, telemetry: Telemetry) -> None:
    """A batch's event has a line of its own; what is as it should be, at level DEBUG."""
    about = event_keys(event if isinstance(event, NewEvent) else None)
    if isinstance(outcome, Appended):
        became = "created" if outcome.created else "duplicate"
        telemetry.logger.debug("event appended", outcome=became, **about)
    elif isinstance(outcome, EventConflictError):
        telemetry.logger.warning("event conflicts", **about)
    else:
        telemetry.logger.debug("event rejected", reason=problem_of(outcome).kind, **about)
