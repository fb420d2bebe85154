"""How fast the by-type projector takes what waits, and how late what comes, by its settings.

Invariant: the settings take turns, so that what the machine does meanwhile meets all of them.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import product

from domain.item import item_of
from tests.bench.rebuild_throughput import event, put_all
from tests.scale import machine
from tests.scale.distribution import Distribution
from tests.scale.projecting import SHARDS, Projecting

BATCHES = (10, 100, 500, 1000)
LANES = (1, 2, 5, 10)
ROUNDS = 2
RATE = 200
"""Events a second that come while lag is measured."""
_LAG_SECONDS = 3
_TICK = 0.01
_CAUGHT_UP_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Drain:
    """One run over the whole log; seconds of the wall clock, and of the workers' CPU."""

    batch: int
    lanes: int
    shards: int
    events: int
    invocations: int
    seconds: float
    cpu: float
    load: float


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from an event's write to its row, while events come."""

    batch: int
    lanes: int
    rate: float
    seconds: Distribution
    load: float


def drains(bed: Projecting) -> Iterator[Drain]:
    """Every batch size with every number of lanes, in turn."""
    for turn, batch, lanes in product(range(ROUNDS), BATCHES, LANES):
        yield _drain(bed, batch=batch, lanes=lanes, shards=4, run=f"{turn}-{batch}-{lanes}")


def shard_drains(bed: Projecting) -> Iterator[Drain]:
    """The usual settings with every number of write shards, in turn."""
    for turn, shards in product(range(ROUNDS), sorted(SHARDS)):
        yield _drain(bed, batch=500, lanes=1, shards=shards, run=f"{turn}-shards-{shards}")


def lags(bed: Projecting) -> Iterator[Lag]:
    """Every batch size with every number of lanes, each behind its last drain."""
    for batch, lanes in product(BATCHES, LANES):
        yield _lag(bed, batch=batch, lanes=lanes)


def _drain(bed: Projecting, *, batch: int, lanes: int, shards: int, run: str) -> Drain:
    load, cpu, began = machine.load(), bed.cpu(), time.monotonic()
    with bed.pump(batch=batch, lanes=lanes, shards=shards, run=run) as done:
        done.await_events(bed.count)
        seconds = time.monotonic() - began
        invocations = len(done.seconds)
    spent = bed.cpu() - cpu
    return Drain(batch, lanes, shards, bed.count, invocations, seconds, spent, load)


def _lag(bed: Projecting, *, batch: int, lanes: int) -> Lag:
    written: dict[str, float] = {}
    with bed.pump(batch=batch, lanes=lanes, run=f"{ROUNDS - 1}-{batch}-{lanes}") as done:
        if not done.caught_up(_CAUGHT_UP_SECONDS):
            raise TimeoutError("what waited was not projected")
        load = machine.load()
        with closing(bed.aws.client("dynamodb")) as client:
            began, size = time.monotonic(), round(RATE * _TICK)
            for tick in range(round(_LAG_SECONDS / _TICK)):
                _sleep_until(began + tick * _TICK)
                events = [event(_fresh(batch, lanes, tick, size) + one) for one in range(size)]
                put_all(client, bed.log_table, [item_of(one) for one in events])
                written |= dict.fromkeys((one.id for one in events), time.monotonic())
        done.await_ids(written.keys())
        late = [done.projected[id] - moment for id, moment in written.items()]
    return Lag(batch, lanes, RATE, Distribution.of([max(0.0, one) for one in late]), load)


def _fresh(batch: int, lanes: int, tick: int, size: int) -> int:
    """The number of an event that no other run writes."""
    return (batch * 100 + lanes) * 1_000_000 + tick * size


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
