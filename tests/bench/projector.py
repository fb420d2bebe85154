"""What the by-type projector takes for an event, beside plain loops over the same records."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from random import Random

from domain.event import Event
from tests.bench.apps import BY_TYPE_PROJECTOR, OURS
from tests.bench.benchmark import Benchmark, Budget, Measured, Subject
from tests.bench.bundles import Bundled, ours, plain_loop
from tests.bench.engine_stub import engine_stub
from tests.bench.payloads import order
from tests.bench.processes import Work
from tests.bench.steady import AT_ONCE, MEASURE, each
from tests.records import record_of

BATCH = 100
BATCH_LOOP, PUT_LOOP = "a BatchWriteItem loop", "a PutItem loop"


@contextmanager
def _subjects(seed: int) -> Iterator[Mapping[str, Subject]]:
    made = Random(seed)  # noqa: S311  # no secret
    projectors = {
        OURS: ours(BY_TYPE_PROJECTOR),
        BATCH_LOOP: plain_loop("put_batches"),
        PUT_LOOP: plain_loop("put_each"),
    }
    with engine_stub() as (_, address):
        yield {
            _of(name, count): partial(_cost, projector, count, made, address)
            for count in _MORE
            for name, projector in projectors.items()
        }


def _cost(projector: Bundled, count: int, made: Random, address: str) -> Measured:
    payload = json.dumps(order(made, lines=7), separators=(",", ":"), ensure_ascii=False)

    def work(batches: int) -> Work:
        return Work(projector, [_batch(n * count, count, payload) for n in range(batches)], 0)

    return each(work, address, more=_MORE[count], of=count, few=2)


def _batch(start: int, count: int, payload: str) -> Mapping[str, object]:
    events = [
        Event(
            id=f"order-{n:08d}",
            type="order.placed",
            payload=payload,
            recorded_at=f"2026-11-23T10:{n // 60 % 60:02d}:{n % 60:02d}.000000Z",
            hash="5f" * 32,
        )
        for n in range(start, start + count)
    ]
    return {"Records": [record_of(event) for event in events]}


def _of(name: str, count: int = BATCH) -> str:
    return f"event in a batch of {count}: {name}"


_MORE = {1: 50, BATCH: 5}
"""By the records of a batch, how many more of them are measured."""


BENCHMARK = Benchmark(
    name="projector",
    about="what the by-type projector takes for an event of 700 bytes",
    leaves_out="TLS, waiting, and DynamoDB, whose place a stub takes so that counts repeat; lag "
    "and throughput, which docs/scale.md has",
    subjects=_subjects,
    at_once=AT_ONCE,
    budgets=[
        Budget(
            subject=_of(OURS),
            against=_of(BATCH_LOOP),
            measure=MEASURE,
            must=1.25,
            aim=1.1,
        )
    ],
)
