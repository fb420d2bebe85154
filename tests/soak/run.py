"""Runs a plan: load and faults, phase by phase, until every event is acknowledged.

Invariant: a part of the stack that ends by itself ends the soak: only what was planned may end.
"""

import time
from pathlib import Path

from tests.soak.actions import Actions
from tests.soak.comparison import Parts, Say, compare
from tests.soak.events import deliveries
from tests.soak.journal import Journal
from tests.soak.ledger import Ledger
from tests.soak.machine import Machine, SoakFailedError, until
from tests.soak.plan import Plan
from tests.soak.producer import Producer
from tests.soak.report import Report
from tests.soak.rules import RulesFile

_DELIVERED_SECONDS = 300.0


def soak(plan: Plan, *, folder: Path, say: Say) -> Report:
    """Run the plan in a folder, which must be empty; the report tells what came of it."""
    started = time.monotonic()
    rules, journal = RulesFile(folder), Journal(folder)
    rules.write(plan.phases[0].rules)
    machine, ledger = Machine(folder), Ledger(folder / "acknowledged.ndjson")
    parts = Parts(machine, rules, journal, ledger, Actions(machine, journal))
    with machine.running():
        _break(plan, parts, say=say)
        return compare(plan, parts, started=started, say=say)


def _break(plan: Plan, parts: Parts, *, say: Say) -> None:
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


def _run_phases(plan: Plan, parts: Parts, *, say: Say) -> None:
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
