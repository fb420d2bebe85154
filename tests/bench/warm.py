"""The warm path: what one more request costs a process that has answered some."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from domain.event import Event
from projections.by_type_rows import row_of
from tests.bench.apps import BARE, FASTAPI, OURS, PEERS, App, app, body, items
from tests.bench.benchmark import Benchmark, Budget, Measured, Subject
from tests.bench.engine_stub import EngineStub, engine_stub
from tests.bench.loading import wire
from tests.bench.processes import VALGRIND, Work, instructions, seconds

_FEW = 20
_SHARDS = 4
_LISTED = 50


@contextmanager
def _subjects(seed: int) -> Iterator[Mapping[str, Subject]]:
    made = random.Random(seed)  # noqa: S311  # no secret
    small, large = _order(made, lines=14), _webhook(made)
    with engine_stub() as (stub, address):
        apps = {name: app(name) for name in (OURS, *PEERS)}
        subjects: dict[str, Subject] = {}
        for name, one in apps.items():
            for of, payload in (("1 KB", small), ("webhook", large)):
                posts = partial(_posts, one, payload)
                subjects[f"POST {of}: {name}"] = partial(_each, posts, address, more=100)
            subjects[f"GET 1 KB: {name}"] = partial(_get, one, name, small, stub, address)
        for count, more in ((25, 20), (500, 3)):
            posts = partial(_batches, apps[OURS], small, count)
            subjects[f"POST of {count}, each event: {OURS}"] = partial(
                _each, posts, address, more=more, of=count, few=2
            )
        for name in (OURS, BARE):
            lists = partial(_lists, apps[name])
            stub.rows += _rows(name, small)
            subjects[f"list of 50: {name}"] = partial(_each, lists, address, more=50)
        yield subjects


def _each(
    work: Callable[[int], Work], address: str, *, more: int, of: int = 1, few: int = _FEW
) -> Measured:
    """What each of `more` requests costs behind the first few; of a batch, each of its events."""
    costs = [_cost(work(number), address) for number in (few, few + more)]
    return {what: (costs[1][what] - costs[0][what]) / more / of for what in costs[0]}


def _cost(work: Work, address: str) -> Measured:
    """Instructions, or seconds where they cannot be counted: of a difference they are rough."""
    if VALGRIND:
        return {"instructions": float(instructions(work, address))}
    return {"seconds": seconds(work, address)}


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
    stub.items["order-1"] = items(body("order-1", payload))[name]
    return _each(lambda number: one.gets("order-1", times=number), address, more=100)


def _order(made: random.Random, *, lines: int) -> dict[str, Any]:
    """A payload of about 1 KB with 14 lines."""
    return {
        "order": f"A-{made.randrange(10**8):08d}",
        "customer": {"id": made.randrange(10**6), "country": "DE", "email": "a@example.org"},
        "lines": [
            {"sku": f"S-{made.randrange(10**6):06d}", "count": made.randrange(1, 9), "cents": 1999}
            for _ in range(lines)
        ],
        "note": "Bitte beim Nachbarn abgeben, wenn niemand öffnet; danke! " * 3,
    }


def _webhook(made: random.Random) -> dict[str, Any]:
    """A payload of about 8 KB, as deep and as wide as those of code hosts' webhooks."""

    def person() -> dict[str, Any]:
        id = made.randrange(10**8)
        links = {f"{name}_url": f"https://api.example.org/users/{id}/{name}" for name in _LINKS}
        return {"id": id, "login": f"user-{id}", "type": "User", "site_admin": False, **links}

    repository = {"id": made.randrange(10**9), "private": False, "owner": person(), "size": 4711}
    issue = {"number": 7, "title": "It breaks", "user": person(), "labels": [], "closed_at": None}
    return {
        "action": "opened",
        "issue": issue | {"assignees": [person() for _ in range(3)], "body": "It does. " * 40},
        "repository": repository | {"topics": ["events", "log"], "license": None},
        "sender": person(),
    }


_LINKS = ("avatar", "followers", "following", "gists", "starred", "repos", "events", "received")


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


_MEASURE = "instructions" if VALGRIND else "seconds"
_POST, _GET, _LARGE = (f"{what}: {OURS}" for what in ("POST 1 KB", "GET 1 KB", "POST webhook"))

BENCHMARK = Benchmark(
    name="warm",
    about="what one more request costs a process that has answered twenty",
    leaves_out="TLS, waiting, and DynamoDB, whose place a stub takes so that counts repeat",
    subjects=_subjects,
    budgets=[
        Budget(subject=_POST, against=f"POST 1 KB: {BARE}", measure=_MEASURE, must=1.5, aim=1.2),
        Budget(subject=_POST, against=f"POST 1 KB: {FASTAPI}", measure=_MEASURE, must=0.6, aim=0.4),
        # The larger the payload, the clearer it shows that it is parsed twice.
        Budget(
            subject=_LARGE, against=f"POST webhook: {BARE}", measure=_MEASURE, must=1.3, aim=1.2
        ),
        Budget(subject=_GET, against=f"GET 1 KB: {BARE}", measure=_MEASURE, must=1.4, aim=1.1),
        Budget(
            subject=f"POST of 500, each event: {OURS}",
            against=_POST,
            measure=_MEASURE,
            must=0.25,
            aim=0.15,
        ),
    ],
)
