"""POST /events: parse, append, answer.

Invariant: a 201, or a `created` in a batch's answer, is given only for what the log has accepted.
"""

from api.append import append_one, append_parsed
from api.append_answers import appended_answer, batch_answer
from api.events_json import Parsed
from api.handling import Account, Handler, handler_of
from api.http import Headers, Request, Response, headers_of, principal, traceparent
from api.negotiation import EVENT_FORMS, RESULT_FORMS, chosen
from api.problems import ProblemError, problem_of
from api.requests import posted
from domain.errors import EventConflictError, EventLogError
from domain.event import NewEvent
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
        by, little = principal(request), _wants_little(request, headers)
        if is_batch:
            outcomes = append_parsed(log, events, by=by)
            for event, outcome in zip(events, outcomes, strict=True):
                _count(outcome, account)
                _tell(event, outcome, telemetry)
            return batch_answer(request, events, outcomes, form, little=little)
        [event] = events
        if isinstance(event, EventLogError):
            raise event
        account.keys |= event_keys(event)
        appended = append_one(log, event, by=by)
        _count(appended, account)
        return appended_answer(request, appended, form, little=little)

    def counted(request: Request, account: Account) -> Response:
        try:
            return post(request, account)
        except (ProblemError, EventLogError) as error:
            _count(error, account)
            raise

    return handler_of(counted, telemetry=telemetry)


def _wants_little(request: Request, headers: Headers) -> bool:
    if "prefer" not in headers:
        return False
    from api.wishes import wants_little  # noqa: PLC0415  # few say so

    return wants_little(request)


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
