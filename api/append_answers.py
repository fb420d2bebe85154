"""What POST /events answers: the event, or the results of a batch; less of both where preferred."""

import json
from typing import Any

from api.event_answers import etag, writer
from api.events_json import Parsed
from api.http import NDJSON, Request, Response, address, event_path, json_response
from api.problems import problem_of
from domain.errors import (
    EventConflictError,
    EventLogError,
    LogUnavailableError,
    UnreadableItemError,
)
from domain.event import NewEvent
from domain.log import Appended, Outcome

MINIMAL = "return=minimal"
NO_CONTENT = "text/plain"
"""What a body without a byte is of: API Gateway would call it JSON, which it is not."""


def appended_answer(request: Request, appended: Appended, form: str, *, little: bool) -> Response:
    """201, or 200 for a duplicate, with the event's place; and with the event, unless `little`."""
    event = appended.event
    kept_short = {"Preference_Applied": MINIMAL, "Content_Type": NO_CONTENT}
    applied = kept_short if little else {"Content_Type": form}
    return json_response(
        201 if appended.created else 200,
        "" if little else writer(form)(event),
        Location=event_path(request, event.id),
        ETag=etag(event, form),
        **applied,
    )


def batch_answer(
    request: Request, events: list[Parsed], outcomes: list[Outcome], form: str, *, little: bool
) -> Response:
    """200 with one result per event, in order; of the appended ones the id alone, if `little`."""
    api = address(request)
    results = [_result(*each, api, little) for each in zip(events, outcomes, strict=True)]
    applied = {"Preference_Applied": MINIMAL} if little else {}
    if form == NDJSON:
        body = "".join(f"{json.dumps(result, ensure_ascii=False)}\n" for result in results)
    else:
        body = json.dumps({"results": results}, ensure_ascii=False)
    return json_response(200, body, Content_Type=form, **applied)


def _result(event: Parsed, outcome: Outcome, api: str, little: bool) -> dict[str, Any]:
    if isinstance(outcome, Appended):
        stored = outcome.event
        said = {"status": "created" if outcome.created else "duplicate", "id": stored.id}
        return said if little else said | {"recorded_at": stored.recorded_at, "hash": stored.hash}
    id = {"id": event.id} if isinstance(event, NewEvent) else {}
    return {"status": _status(outcome), **id, "problem": problem_of(outcome).document(api)}


def _status(error: EventLogError) -> str:
    match error:
        case EventConflictError() | UnreadableItemError():  # its id is taken
            return "conflict"
        case LogUnavailableError():
            return "failed"
    return "invalid"
