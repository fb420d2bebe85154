"""The warm path: what one more request costs a process that has answered some."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any

from domain.event import Event
from projections.by_type_rows import row_of
from tests.bench.apps import BARE, FASTAPI, OURS, PEERS, App, app, body, items
from tests.bench.benchmark import Benchmark, Budget, Measured, Subject
from tests.bench.engine_stub import EngineStub, engine_stub
from tests.bench.loading import wire
from tests.bench.payloads import order, webhook
from tests.bench.processes import Work
from tests.bench.steady import AT_ONCE, MEASURE, each

_SHARDS = 4
_LISTED = 50
_MORE = 50


@contextmanager
def _subjects(seed: int) -> Iterator[Mapping[str, Subject]]:
    made = Random(seed)  # noqa: S311  # no secret
    small, large = order(made, lines=14), webhook(made)
    ten = [webhook(made) for _ in range(10)]
    with engine_stub() as (stub, address):
        apps = {name: app(name, started=True) for name in (OURS, *PEERS)}
        subjects: dict[str, Subject] = {}
        for name, one in apps.items():
            posts = partial(_posts, one, small)
            subjects[f"POST 1 KB: {name}"] = partial(each, posts, address, more=_MORE)
        for name in (OURS, BARE):
            subjects[f"GET 1 KB: {name}"] = partial(_get, apps[name], name, small, stub, address)
            for of, payload, more in (("webhook", large, _MORE), ("ten webhooks", ten, 10)):
                posts = partial(_posts, apps[name], payload)
                subjects[f"POST {of}: {name}"] = partial(each, posts, address, more=more, few=2)
        for of, payload, counts in (("", small, (25, 500)), (" webhooks", large, (25,))):
            for count in counts:
                posts = partial(_batches, apps[OURS], payload, count)
                subjects[f"POST of {count}{of}, each event: {OURS}"] = partial(
                    each, posts, address, more=1_000 // count, of=count, few=1
                )
        for name in (OURS, BARE):
            lists = partial(_lists, apps[name])
            stub.rows += _rows(name, small)
            subjects[f"list of 50: {name}"] = partial(each, lists, address, more=20)
        yield subjects


def _posts(one: App, payload: object, number: int) -> Work:
    return one.posts(*(body(f"order-{n:08d}", payload) for n in range(number)))


def _batches(one: App, payload: object, count: int, number: int) -> Work:
    texts = [
        ",".join(body(f"order-{n * count + at:08d}", payload) for at in range(count))
        for n in range(number)
    ]
    return one.posts(*(f"[{text}]" for text in texts), status=200)


def _lists(one: App, number: int) -> Work:
    return one.lists("order.placed", times=number)


def _get(one: App, name: str, payload: object, stub: EngineStub, address: str) -> Measured:
    id = f"order of {name}"
    stub.items[id] = items(body(id, payload))[name]
    return each(lambda number: one.gets(id, times=number), address, more=_MORE)


def _rows(name: str, payload: object) -> list[dict[str, Any]]:
    """More rows than a page has, newest first, as our shards or the peer's one index have them."""
    events = [
        Event(
            id=f"order-{n:08d}",
            type="order.placed",
            payload=json.dumps({**payload, "note": ""}, separators=(",", ":")),  # type: ignore[dict-item]  # a dict
            recorded_at=f"2026-11-23T10:{n // 60:02d}:{n % 60:02d}.000000Z",
            hash="00" * 32,
        )
        for n in reversed(range(4 * _LISTED))
    ]
    if name == OURS:
        return [wire(row_of(event, shards=_SHARDS)) for event in events]
    return [
        {"pk": {"S": "order.placed"}, "sk": {"S": event.recorded_at}} | _kept(event)
        for event in events
    ]


def _kept(event: Event) -> dict[str, Any]:
    return {name: {"S": getattr(event, name)} for name in ("id", "type", "payload")}


_TEN = "POST ten webhooks"
_POST, _GET, _LARGE = (f"{what}: {OURS}" for what in ("POST 1 KB", "GET 1 KB", _TEN))

BENCHMARK = Benchmark(
    name="warm",
    about="what one more request costs a process that has answered twenty",
    leaves_out="TLS, waiting, and DynamoDB, whose place a stub takes so that counts repeat",
    subjects=_subjects,
    at_once=AT_ONCE,
    budgets=[
        Budget(subject=_POST, against=f"POST 1 KB: {BARE}", measure=MEASURE, must=1.5, aim=1.2),
        Budget(subject=_POST, against=f"POST 1 KB: {FASTAPI}", measure=MEASURE, must=0.6, aim=0.4),
        # The larger the payload, the clearer it shows that it is parsed twice: 1.28 then, not 1.14.
        Budget(subject=_LARGE, against=f"{_TEN}: {BARE}", measure=MEASURE, must=1.2, aim=1.15),
        Budget(subject=_GET, against=f"GET 1 KB: {BARE}", measure=MEASURE, must=1.4, aim=1.1),
        Budget(
            subject=f"POST of 500, each event: {OURS}",
            against=_POST,
            measure=MEASURE,
            must=0.25,
            aim=0.15,
        ),
    ],
)
