"""Compares what is left: the faults end, the stream is used up, what is parked is redriven.

Invariant: the comparison sees a stack without faults; what is not right then never will be.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from tests.soak.actions import JUNK, Actions
from tests.soak.checker import Outcome, findings
from tests.soak.events import deliveries
from tests.soak.journal import TAKEN, Journal
from tests.soak.ledger import Ledger
from tests.soak.machine import Machine, SoakFailedError, until
from tests.soak.outcome import Stored, read_stored, walk
from tests.soak.plan import Plan
from tests.soak.report import Report
from tests.soak.rules import RulesFile
from tests.soak.stack_process import RETRIES

_DRAIN_SECONDS = 180.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Parts:
    """What a soak runs with."""

    machine: Machine
    rules: RulesFile
    journal: Journal
    ledger: Ledger
    actions: Actions


def compare(plan: Plan, parts: Parts, *, started: float, say: Say) -> Report:
    """Drain, redrive, verify and walk; then look for what is wrong."""
    machine, ledger = parts.machine, parts.ledger
    calm = replace(plan.phases[-1].rules, rates={}, shots=(), clock_shift=0.0)
    parts.rules.write(calm)
    say("draining")
    drained = _drained(parts)
    parts.rules.write(replace(calm, refusing=False))
    say("redriving")
    _, redriven = machine.run_command("redrive")
    say("verifying")
    _, verified = machine.run_command("verify", "by-type", "--lag", "0")
    entries = parts.journal.read()
    final = read_stored(machine.stage())
    outcome = Outcome(
        sent=_sent(plan),
        junk=frozenset(id for id in final.appended if id.startswith(JUNK)),
        acknowledged=ledger.acknowledged,
        surprises=ledger.surprises,
        faulted=Counter(id for entry in entries if entry.is_fault for id in entry.ids),
        taken=_taken(parts.journal),
        outages=parts.actions.outages,
        retries=RETRIES,
        drained=drained,
        final=final,
        listed=walk(machine.api),
        differences=verified["listed"],
    )
    return _report(plan, parts, outcome, redriven=redriven["redriven"], started=started)


def _drained(parts: Parts) -> Stored:
    """What is stored once the stream is used up: all of the log is projected or parked."""
    stored = Stored()

    def complete() -> bool:
        nonlocal stored
        stored = read_stored(parts.machine.stage())
        return not stored.appended - _taken(parts.journal) - stored.parked_ids

    with suppress(SoakFailedError):  # the comparison names what is lost
        until(complete, "the stream is used up", within=_DRAIN_SECONDS)
    return stored


def _taken(journal: Journal) -> frozenset[str]:
    """What the by-type table took from the projector."""
    return frozenset(id for entry in journal.read() if entry.kind == TAKEN for id in entry.ids)


def _sent(plan: Plan) -> dict[str, str]:
    """The hash of every new event by its id."""
    return {
        one.id: one.hash
        for load in plan.loads
        for delivery in deliveries(plan.seed, load)
        for one in delivery
        if one.expected == "new"
    }


def _report(plan: Plan, parts: Parts, outcome: Outcome, *, redriven: int, started: float) -> Report:
    ledger, drained = parts.ledger, outcome.drained
    return Report(
        seed=plan.seed,
        seconds=time.monotonic() - started,
        events=len(outcome.sent),
        acknowledged=len(ledger.acknowledged),
        duplicates=ledger.duplicates,
        conflicts=ledger.conflicts,
        retries=ledger.retries,
        appended=len(outcome.final.appended),
        projected=len(outcome.taken),
        parked=len(drained.parked_ids),
        both=len(drained.parked_ids & outcome.taken),
        redriven=redriven,
        still_parked=len(outcome.final.parked_ids),
        faults=dict(Counter(entry.kind for entry in parts.journal.read() if entry.is_fault)),
        findings=findings(outcome),
    )
