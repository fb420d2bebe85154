"""Start-up: a fresh process imports the bundle and answers its first request."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.bench.apps import BARE, FASTAPI, NOTHING, OURS, PEERS, app, body, items
from tests.bench.benchmark import Benchmark, Budget, Measured, Subject
from tests.bench.engine_stub import engine_stub
from tests.bench.processes import VALGRIND, Work, instructions, seconds
from tests.bench.steady import MEASURE

_COUNTED = (OURS, BARE)
_BODY = body("1", {"key1": "value1"})


@contextmanager
def _subjects(_seed: int) -> Iterator[Mapping[str, Subject]]:
    with engine_stub() as (stub, address):
        apps = {name: app(name) for name in (OURS, *PEERS)}
        idle = _Start(app(NOTHING).posts(_BODY, status=204), address, countable=True)()

        def cost(start: _Start, item: dict[str, Any] | None = None) -> Measured:
            if item is not None:
                stub.items["1"] = item
            return _above(start(), idle)

        yield {
            f"write: {name}": partial(cost, _Start(one.posts(_BODY), address, name in _COUNTED))
            for name, one in apps.items()
        } | {
            f"read: {name}": partial(
                cost, _Start(one.gets("1"), address, name in _COUNTED), items(_BODY)[name]
            )
            for name, one in apps.items()
        }


@dataclass(slots=True)
class _Start:
    """A start's cost; its instructions are counted once, since they hardly vary.

    Not those of apps that compile what they import: Valgrind would take minutes to count what
    seconds tell well enough.
    """

    work: Work
    address: str
    countable: bool
    counted: dict[str, float] = field(default_factory=dict)

    def __call__(self) -> Measured:
        """Seconds always, instructions where they can be counted and are not yet."""
        timed = {"seconds": seconds(self.work, self.address)}
        if self.counted or not (self.countable and VALGRIND):
            return timed
        self.counted["instructions"] = float(instructions(self.work, self.address))
        return timed | self.counted


def _above(cost: Measured, idle: Measured) -> Measured:
    """Without what Python's own start takes."""
    return {what: amount - idle[what] for what, amount in cost.items()}


def _budgets(way: str) -> list[Budget]:
    ours, against = f"{way}: {OURS}", f"{way}: "
    return [
        Budget(subject=ours, against=against + BARE, measure=MEASURE, must=1.25, aim=1.0),
        Budget(subject=ours, against=against + FASTAPI, measure="seconds", must=0.4, aim=0.3),
    ]


BENCHMARK = Benchmark(
    name="startup",
    about="a fresh process imports the bundle and answers its first request",
    leaves_out="Python's own start (taken off), fetching the bundle, TLS, and DynamoDB, whose "
    "place a stub takes so that counts repeat; instructions are counted once, since they hardly "
    "vary",
    subjects=_subjects,
    budgets=_budgets("write") + _budgets("read"),
    rounds=3,
)
