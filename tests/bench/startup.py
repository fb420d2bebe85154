"""Start-up: a fresh process imports the bundle and answers its first request."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from tests.bench.apps import BARE, FASTAPI, NOTHING, OURS, POWERTOOLS, App, app, body, items
from tests.bench.benchmark import Benchmark, Budget, Measured, Subject
from tests.bench.engine_stub import engine_stub
from tests.bench.processes import VALGRIND, Work, instructions, seconds
from tests.bench.steady import MEASURE

_BODY = body("1", {"key1": "value1"})


@contextmanager
def _subjects(_seed: int) -> Iterator[Mapping[str, Subject]]:
    with engine_stub() as (stub, address):
        idle = _cost(app(NOTHING).posts(_BODY, status=204), address)

        def post(one: App) -> Measured:
            return _above(_cost(one.posts(_BODY), address), idle)

        def get(one: App, name: str) -> Measured:
            stub.items["1"] = items(_BODY)[name]
            return _above(_cost(one.gets("1"), address), idle)

        apps = {name: app(name) for name in (OURS, BARE, FASTAPI, POWERTOOLS)}
        yield {f"write: {name}": partial(post, one) for name, one in apps.items()} | {
            f"read: {name}": partial(get, one, name) for name, one in apps.items()
        }


def _cost(work: Work, address: str) -> Measured:
    counted = {"instructions": float(instructions(work, address))} if VALGRIND else {}
    return {"seconds": seconds(work, address), **counted}


def _above(cost: Measured, idle: Measured) -> Measured:
    return {what: amount - idle[what] for what, amount in cost.items()}


def _budgets(way: str) -> list[Budget]:
    ours, against = f"{way}: {OURS}", f"{way}: "
    return [
        Budget(subject=ours, against=against + BARE, measure=MEASURE, must=1.25, aim=1.0),
        Budget(subject=ours, against=against + FASTAPI, measure=MEASURE, must=0.4, aim=0.3),
    ]


BENCHMARK = Benchmark(
    name="startup",
    about="a fresh process imports the bundle and answers its first request",
    leaves_out="Python's own start (taken off), fetching the bundle, TLS, and DynamoDB, whose "
    "place a stub takes so that counts repeat",
    subjects=_subjects,
    budgets=_budgets("write") + _budgets("read"),
    rounds=2,
)
