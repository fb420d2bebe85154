"""Appending as dialogues: one event, or many in batches with an outcome for each.

Invariant: outcomes come in the order of the events, exactly one for each.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from itertools import count
from typing import Any

from api.client.dialogue import Asking, Dialogue, Found, Pause, Request, asked
from api.client.errors import InvalidError, Problem, UnexpectedAnswerError, refusal
from api.client.events import Appended, Event, Outcome
from api.client.posting import Posting, batches, posting_of
from api.client.raw_json import items_of, value_of
from api.client.retries import Retries

_ABOUT_THE_BATCH = {400, 413}


def append(body: bytes, *, retries: Retries) -> Dialogue[Appended]:
    """Append the event whose JSON the body is."""
    answer = yield from asked(_post(body), retries=retries)
    yield Found(Appended(Event.of(answer.text), answer.status == HTTPStatus.CREATED))


def append_many(
    events: Iterable[Mapping[str, Any] | str], *, retries: Retries
) -> Dialogue[Outcome]:
    """Append events in batches; an outcome for each."""
    for batch in batches(map(posting_of, events), size=lambda posting: len(posting.body)):
        outcomes = iter((yield from _posted([p for p in batch if not p.problem], retries=retries)))
        for posting in batch:
            if posting.problem:
                yield Found(_invalid(posting, posting.problem))
            else:
                yield Found(next(outcomes))


def _posted(postings: list[Posting], *, retries: Retries) -> Asking[list[Outcome]]:
    """Append one batch; those of its events that the store does not take now are sent again."""
    outcomes: dict[int, Outcome] = {}
    pending = dict(enumerate(postings))
    for tried in count(1):
        found = yield from _tried(list(pending.values()), retries=retries)
        outcomes |= zip(pending, found, strict=True)
        pending = {n: p for n, p in pending.items() if outcomes[n].status == "failed"}
        pause = _pause([outcomes[n] for n in pending], retries=retries, tried=tried)
        if pause is None:
            break
        yield Pause(pause)
    return [outcomes[n] for n in range(len(postings))]


def _tried(postings: list[Posting], *, retries: Retries) -> Asking[list[Outcome]]:
    """Append one batch, or what is not refused of it as a whole: in halves, down to one event."""
    if not postings:
        return []
    body = b"[%s]" % b",".join(posting.body for posting in postings)
    try:
        answer = yield from asked(_post(body), retries=retries)
    except InvalidError as error:
        if error.problem.status not in _ABOUT_THE_BATCH:
            raise
        if len(postings) == 1:
            return [_invalid(postings[0], error.problem)]
        half = len(postings) // 2
        first = yield from _tried(postings[:half], retries=retries)
        return first + (yield from _tried(postings[half:], retries=retries))
    results = items_of(answer.members("results")["results"])
    if len(results) != len(postings):
        raise UnexpectedAnswerError(f"{len(results)} results for {len(postings)} events")
    return [_outcome(p, value_of(text)) for p, text in zip(postings, results, strict=True)]


def _pause(failed: list[Outcome], *, retries: Retries, tried: int) -> float | None:
    """Seconds until what failed is sent again; None if nothing did, or it was tried enough."""
    problem = failed[0].problem if failed else None
    return retries.pause(refusal(problem), tried=tried) if problem else None


def _post(body: bytes) -> Request:
    return Request("POST", "/events", body=body)


def _outcome(posting: Posting, result: dict[str, Any]) -> Outcome:
    problem = result.get("problem")
    return Outcome(
        status=result["status"],
        id=result.get("id", posting.id),
        recorded_at=result.get("recorded_at"),
        hash=result.get("hash"),
        problem=None if problem is None else Problem.of(problem),
    )


def _invalid(posting: Posting, problem: Problem) -> Outcome:
    return Outcome(status="invalid", id=posting.id, problem=problem)
