"""Compares what the log owes with what is there: every difference is a finding with its name.

Invariant: an outcome without a finding lost nothing, doubled nothing and explains all it parked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tests.soak.ledger import Acknowledged
from tests.soak.outcome import ParkedRecord, Stored
from tests.soak.rules import CURSED, POISON

GIVEN_UP = "RetryAttemptsExhausted"
_OUTAGE_SECONDS = 30.0
"""How long after an outage Lambda may give up what it has retried during it."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be."""

    kind: Literal["lost", "duplicated", "unexplained"]
    what: str


@dataclass(frozen=True)
class Outcome:
    """All that a soak leaves behind.

    `sent` has the hash of each event by id, `faulted` how often each id was in a call that failed,
    `taken` the ids that the table took from the projector; `drained` is what was stored before the
    cause of the parking was fixed, `final` what after the redrive; `listed` are the events in the
    order of the walk; `differences` are those of verify.
    """

    sent: Mapping[str, str]
    junk: frozenset[str]
    acknowledged: Mapping[str, Acknowledged]
    surprises: Sequence[str]
    faulted: Mapping[str, int]
    taken: frozenset[str]
    outages: Sequence[tuple[float, float]]
    retries: int
    drained: Stored
    final: Stored
    listed: Sequence[Mapping[str, Any]]
    differences: Sequence[Mapping[str, Any]] = field(default_factory=list)


def findings(outcome: Outcome) -> list[Finding]:
    """Everything that is wrong with an outcome."""
    return [
        *(Finding("unexplained", surprise) for surprise in outcome.surprises),
        *_log(outcome),
        *_accounts(outcome),
        *_parked(outcome),
        *_verified(outcome),
        *_listing(outcome),
    ]


def _log(outcome: Outcome) -> Iterator[Finding]:
    """The log has what was acknowledged, as it was acknowledged, and nothing else."""
    events = outcome.final.events
    for id, acknowledged in outcome.acknowledged.items():
        if id not in events:
            yield Finding("lost", f"{id} was acknowledged and is not in the log")
            continue
        stored = (events[id].hash, events[id].recorded_at)
        if stored != (acknowledged.hash, acknowledged.recorded_at):
            yield Finding("unexplained", f"{id} is not in the log as it was acknowledged")
        if acknowledged.created > 1:
            yield Finding("duplicated", f"{id} was created {acknowledged.created} times")
    for id in outcome.sent.keys() - outcome.acknowledged.keys():
        yield Finding("unexplained", f"{id} was sent and never acknowledged")
    for id, event in events.items():
        if outcome.sent.get(id) != event.hash:
            yield Finding("unexplained", f"{id} is in the log and was not sent so")
    for id in outcome.final.unreadable ^ outcome.junk:
        yield Finding("unexplained", f"{id} is unreadable or should be")


def _accounts(outcome: Outcome) -> Iterator[Finding]:
    """Parked plus projected equals appended, before the redrive and after it.

    Before it, what counts is the projector's own work: a rebuild beside it hides no loss.
    """
    before, last = (outcome.drained, outcome.taken), (outcome.final, outcome.final.rows.keys())
    for when, (stored, projected) in (("before the redrive", before), ("at last", last)):
        for id in stored.appended - projected - stored.parked_ids:
            yield Finding("lost", f"{id} is neither projected nor parked {when}")
        for id in stored.rows.keys() - stored.events.keys():
            yield Finding("unexplained", f"{id} is projected and is no event {when}")
        for id, count in stored.rows.items():
            if count > 1:
                yield Finding("duplicated", f"{id} has {count} rows {when}")


def _parked(outcome: Outcome) -> Iterator[Finding]:
    """Every parked record has its cause; after the redrive only junk stays."""
    for record in outcome.drained.parked:
        if not _explained(record, outcome):
            yield Finding("unexplained", f"{record.key} is parked for {record.reason}")
    for record in outcome.final.parked:
        if record.id not in outcome.junk:
            yield Finding("unexplained", f"{record.key} stays parked: {record.reason}")


def _explained(record: ParkedRecord, outcome: Outcome) -> bool:
    if record.reason.startswith("unreadable: "):
        return record.id in outcome.junk
    if record.reason.startswith("refused: "):
        return record.id.startswith(POISON)
    if record.reason != GIVEN_UP:
        return False
    at = datetime.fromisoformat(record.parked_at).timestamp()
    return (
        record.id.startswith(CURSED)
        or outcome.faulted.get(record.id, 0) > outcome.retries
        or any(start <= at <= end + _OUTAGE_SECONDS for start, end in outcome.outages)
    )


def _verified(outcome: Outcome) -> Iterator[Finding]:
    """`eventlog verify` names the junk, and nothing else."""
    named = {d["id"] for d in outcome.differences if d["kind"] == "unreadable"}
    for id in named ^ outcome.junk:
        yield Finding("unexplained", f"verify names {id} as unreadable, or should")
    for difference in outcome.differences:
        if difference["kind"] != "unreadable":
            what = f"verify: {difference['kind']} {difference['of']} {difference['id']}"
            yield Finding("lost" if difference["kind"] == "missing" else "unexplained", what)


def _listing(outcome: Outcome) -> Iterator[Finding]:
    """Every event is listed once, as it was sent, newest first within its type."""
    times = Counter(event["id"] for event in outcome.listed)
    for id in outcome.final.events.keys() - times.keys():
        yield Finding("lost", f"{id} is not listed")
    for id, count in times.items():
        if count > 1:
            yield Finding("duplicated", f"{id} is listed {count} times")
    for event in outcome.listed:
        if outcome.sent.get(event["id"]) != event["hash"]:
            yield Finding("unexplained", f"{event['id']} is listed and was not sent so")
    for newer, older in zip(outcome.listed, outcome.listed[1:], strict=False):
        if newer["type"] == older["type"] and newer["recorded_at"] < older["recorded_at"]:
            yield Finding("unexplained", f"{older['id']} is listed behind an older event")
