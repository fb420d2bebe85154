"""Runs a plan: load and faults, then the faults end, all drains, and everything is compared.

Invariant: the comparison sees a stack without faults whose stream is used up; what is not right
then never will be.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tests.soak.actions import JUNK, Actions
from tests.soak.checker import Finding, Outcome, findings
from tests.soak.events import deliveries
from tests.soak.journal import Journal
from tests.soak.ledger import Ledger
from tests.soak.machine import Machine, SoakFailedError, until
from tests.soak.outcome import Stored, read_stored, walk
from tests.soak.plan import Plan
from tests.soak.producer import Producer
from tests.soak.report import Report
from tests.soak.rules import RulesFile
from tests.soak.stack_process import RETRIES

_DRAIN_SECONDS = 180.0
_DELIVERED_SECONDS = 300.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class _Parts:
    machine: Machine
    rules: RulesFile
    journal: Journal
    ledger: Ledger
    actions: Actions


def soak(plan: Plan, *, folder: Path, say: Say) -> Report:
    """Run the plan in a folder, which must be empty; the report tells what came of it."""
    started = time.monotonic()
    rules, journal = RulesFile(folder), Journal(folder)
    rules.write(plan.phases[0].rules)
    machine, ledger = Machine(folder), Ledger(folder / "acknowledged.ndjson")
    parts = _Parts(machine, rules, journal, ledger, Actions(machine, journal))
    with machine.running():
        _break(plan, parts, say=say)
        return _compare(plan, parts, started=started, say=say)


def _break(plan: Plan, parts: _Parts, *, say: Say) -> None:
    """Load and faults, until every event is acknowledged."""
    producers = [
        Producer(
            deliveries(plan.seed, load),
            api=parts.machine.api,
            events=load.events,
            seconds=plan.seconds,
            to=parts.ledger,
        )
        for load in plan.loads
    ]
    for producer in producers:
        producer.start()
    try:
        _run_phases(plan, parts, say=say)
        for producer in producers:
            producer.join(_DELIVERED_SECONDS)
            if producer.is_alive():
                raise SoakFailedError("a producer does not end")
    finally:
        for producer in producers:
            producer.stop()
    parts.actions.finish()


def _run_phases(plan: Plan, parts: _Parts, *, say: Say) -> None:
    started = time.monotonic()
    for number, phase in enumerate(plan.phases, start=1):
        say(f"{number}/{len(plan.phases)} {phase.name}, {phase.action}")
        parts.rules.write(phase.rules)
        parts.actions.do(phase.action)
        until(
            lambda end=started + number * plan.phase_seconds: (  # type: ignore[misc]
                time.monotonic() >= end or parts.machine.ended()
            ),
            "the phase ends",
            within=_DELIVERED_SECONDS,
        )
        if parts.machine.ended():
            raise SoakFailedError(f"the stack ended: see {parts.machine.folder / 'stack.log'}")


def _compare(plan: Plan, parts: _Parts, *, started: float, say: Say) -> Report:
    """Drain, redrive, verify and walk; then look for what is wrong."""
    machine, ledger = parts.machine, parts.ledger
    calm = replace(plan.phases[-1].rules, rates={}, shots=(), clock_shift=0.0)
    parts.rules.write(calm)
    say("draining")
    drained = _drained(machine)
    parts.rules.write(replace(calm, refusing=False))
    say("redriving")
    _, redriven = machine.run_command("redrive")
    say("verifying")
    _, verified = machine.run_command("verify", "by-type", "--lag", "0")
    faults = parts.journal.read()
    final = read_stored(machine.stage())
    outcome = Outcome(
        sent=_sent(plan),
        junk=frozenset(id for id in final.appended if id.startswith(JUNK)),
        acknowledged=ledger.acknowledged,
        surprises=ledger.surprises,
        faulted=Counter(id for fault in faults for id in fault.ids),
        outages=parts.actions.outages,
        retries=RETRIES,
        drained=drained,
        final=final,
        listed=walk(machine.api),
        differences=verified["listed"],
    )
    return _report(plan, parts, outcome, redriven=redriven["redriven"], started=started)


def _drained(machine: Machine) -> Stored:
    """What is stored once the stream is used up: all that is in the log is somewhere."""
    stored = Stored()

    def complete() -> bool:
        nonlocal stored
        stored = read_stored(machine.stage())
        return not stored.unaccounted

    with suppress(SoakFailedError):  # the comparison names what is lost
        until(complete, "the stream is used up", within=_DRAIN_SECONDS)
    return stored


def _sent(plan: Plan) -> dict[str, str]:
    """The hash of every new event by its id."""
    return {
        one.id: one.hash
        for load in plan.loads
        for delivery in deliveries(plan.seed, load)
        for one in delivery
        if one.expected == "new"
    }


def _report(
    plan: Plan, parts: _Parts, outcome: Outcome, *, redriven: int, started: float
) -> Report:
    ledger, drained = parts.ledger, outcome.drained
    wrong: list[Finding] = findings(outcome)
    parked = {record.id for record in drained.parked}
    return Report(
        seed=plan.seed,
        seconds=time.monotonic() - started,
        events=len(outcome.sent),
        acknowledged=len(ledger.acknowledged),
        duplicates=ledger.duplicates,
        conflicts=ledger.conflicts,
        retries=ledger.retries,
        appended=len(outcome.final.appended),
        projected=len(drained.rows),
        parked=len(parked),
        both=len(parked & drained.rows.keys()),
        redriven=redriven,
        still_parked=len({record.id for record in outcome.final.parked}),
        faults=dict(Counter(fault.kind for fault in parts.journal.read())),
        findings=wrong,
    )
