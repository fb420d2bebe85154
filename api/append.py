"""Appends events to the log, each under the key that is its own.

Invariant: one outcome per event, in order; what was refused in parsing is not appended.
"""

from api.events_json import Parsed
from domain.errors import EventConflictError
from domain.event import NewEvent
from domain.identity import under_second_key
from domain.log import Appended, Log, Outcome


def append_one(log: Log, event: NewEvent, *, by: str | None) -> Appended:
    """Append an event; a CloudEvent whose id is another source's goes under its second key.

    Raises:
        EventLogError: as `Log.append` does.
    """
    try:
        return log.append(event, recorded_by=by)
    except EventConflictError as error:
        second = under_second_key(event, taken_by=error.stored)
        if second is None:
            raise
    return log.append(second, recorded_by=by)


def append_parsed(log: Log, parsed: list[Parsed], *, by: str | None) -> list[Outcome]:
    """Append what could be read; one outcome per parsed item."""
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
