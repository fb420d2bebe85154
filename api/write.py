"""POST /events: parse, append, answer.

Invariant: a 201, or a `created` in a batch's answer, is given only for what the log has accepted.
"""

import json
from typing import Any

from api.event_answers import etag, writer
from api.handling import Account, Handler, handler_of
from api.http import (
    NDJSON,
    Request,
    Response,
    address,
    event_path,
    headers_of,
    json_response,
    principal,
    traceparent,
)
from api.negotiation import EVENT_FORMS, RESULT_FORMS, chosen
from api.problems import ProblemError, problem_of
from api.requests import Parsed, posted
from domain.errors import (
    EventConflictError,
    EventLogError,
    LogUnavailableError,
    UnreadableItemError,
)
from domain.event import NewEvent
from domain.identity import under_second_key
from domain.log import Appended, Log, Outcome
from domain.metrics import APPENDED, CONFLICTS, DUPLICATES, REJECTED, REJECTED_BY_REASON
from domain.telemetry import Telemetry, event_keys


def build(*, log: Log, telemetry: Telemetry) -> Handler:
    """The write function's handler over a log."""

    def post(request: Request, account: Account) -> Response:
        headers = headers_of(request)
        trace = traceparent(headers)
        if trace:
            account.keys["traceparent"] = trace
        events, is_batch = posted(request, headers, trace=trace)
        form = chosen(request, headers, RESULT_FORMS if is_batch else EVENT_FORMS)
        by = principal(request)
        if is_batch:
            outcomes = _append_parsed(log, events, by=by)
            for event, outcome in zip(events, outcomes, strict=True):
                _count(outcome, account)
                _tell(event, outcome, telemetry)
            return _batch_answer(request, events, outcomes, form)
        [event] = events
        if isinstance(event, EventLogError):
            raise event
        account.keys |= event_keys(event)
        appended = _append(log, event, by=by)
        _count(appended, account)
        return _answer(request, appended, form)

    def counted(request: Request, account: Account) -> Response:
        try:
            return post(request, account)
        except (ProblemError, EventLogError) as error:
            _count(error, account)
            raise

    return handler_of(counted, telemetry=telemetry)


def _answer(request: Request, appended: Appended, form: str) -> Response:
    event = appended.event
    return json_response(
        201 if appended.created else 200,
        writer(form)(event),
        Location=event_path(request, event.id),
        ETag=etag(event, form),
        Content_Type=form,
    )


def _append(log: Log, event: NewEvent, *, by: str | None) -> Appended:
    """Append an event; a CloudEvent whose id is another source's goes under its second key."""
    try:
        return log.append(event, recorded_by=by)
    except EventConflictError as error:
        second = under_second_key(event, taken_by=error.stored)
        if second is None:
            raise
    return log.append(second, recorded_by=by)


def _append_parsed(log: Log, parsed: list[Parsed], *, by: str | None) -> list[Outcome]:
    """One outcome per parsed item, in order; what was refused in parsing is not appended."""
    events = [event for event in parsed if isinstance(event, NewEvent)]
    outcomes = iter(_append_many(log, events, by=by))
    return [next(outcomes) if isinstance(event, NewEvent) else event for event in parsed]


def _append_many(log: Log, events: list[NewEvent], *, by: str | None) -> list[Outcome]:
    outcomes = log.append_many(events, recorded_by=by)
    again = {
        index: second
        for index, (event, outcome) in enumerate(zip(events, outcomes, strict=True))
        if isinstance(outcome, EventConflictError)
        and (second := under_second_key(event, taken_by=outcome.stored))
    }
    if again:
        found = log.append_many(list(again.values()), recorded_by=by)
        for index, outcome in zip(again, found, strict=True):
            outcomes[index] = outcome
    return outcomes


def _batch_answer(
    request: Request, events: list[Parsed], outcomes: list[Outcome], form: str
) -> Response:
    api = address(request)
    results = [_result(*each, api) for each in zip(events, outcomes, strict=True)]
    if form == NDJSON:
        lines = "".join(f"{json.dumps(result, ensure_ascii=False)}\n" for result in results)
        return json_response(200, lines, Content_Type=form)
    return json_response(200, json.dumps({"results": results}, ensure_ascii=False))


def _result(event: Parsed, outcome: Outcome, api: str) -> dict[str, Any]:
    if isinstance(outcome, Appended):
        stored = outcome.event
        status = "created" if outcome.created else "duplicate"
        facts = {"recorded_at": stored.recorded_at, "hash": stored.hash}
        return {"status": status, "id": stored.id, **facts}
    id = {"id": event.id} if isinstance(event, NewEvent) else {}
    return {"status": _status(outcome), **id, "problem": problem_of(outcome).document(api)}


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
