"""Handlers timed on the engine: CPU alone, and with the waiting for DynamoDB.

What a function's memory does to latency and cost is worked out of these by `curves`.
"""

import itertools
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from domain.dynamodb_log import DynamoDBLog
from domain.event import Event
from infra.local.aws import LocalAws
from infra.local.engines import dynamodb_local
from projections.by_type import ByTypeProjection
from tests.bench.apps import BY_TYPE_PROJECTOR, OURS, App, app, body
from tests.bench.benchmark import Benchmark, Measured, Subject
from tests.bench.bundles import Bundled, ours
from tests.bench.payloads import order, webhook
from tests.bench.processes import Work, times
from tests.bench.rebuild_throughput import make_table
from tests.builders import an_event
from tests.records import record_of

COLD, CPU, WALL = "seconds to the first answer", "seconds", "seconds with the engine"
POST, GET, LIST, PROJECT = "POST 1 KB", "GET 1 KB", "list of 50", "project 100"
_BATCH = 100
_TYPE = "order.placed"

Works = Callable[[str], Work]
"""What is asked, with ids that begin so: an event that is there already would cost less."""


@contextmanager
def _subjects(seed: int) -> Iterator[Mapping[str, Subject]]:
    made = Random(seed)  # noqa: S311  # no secret
    small, large = order(made, lines=14), webhook(made)
    api, projector = app(OURS), ours(BY_TYPE_PROJECTOR)
    with tempfile.TemporaryDirectory() as folder, dynamodb_local(logs=Path(folder)) as engine:
        _fill(engine.endpoint, small)
        works: dict[str, Works] = {
            POST: partial(_posts, api, small, 100),
            "POST of 25": partial(_batches, api, small, 25, 20),
            "POST of 500": partial(_batches, api, small, 500, 5),
            "POST webhook": partial(_posts, api, large, 100),
            "POST of 25 webhooks": partial(_batches, api, large, 25, 10),
            "POST of 500 webhooks": partial(_batches, api, large, 500, 3),
            GET: lambda _: api.gets("order-1", times=100),
            LIST: lambda _: api.lists(_TYPE, times=50),
            PROJECT: partial(_projections, projector, 20),
        }
        prefixes = (f"{number}-" for number in itertools.count())
        yield {name: partial(_timed, one, prefixes, engine.endpoint) for name, one in works.items()}


def _timed(work: Works, prefixes: Iterator[str], address: str) -> Measured:
    """Of the later answers the medians; the first counts from before the imports."""
    first, *later = times(work(next(prefixes)), address)
    return {
        COLD: first[0],
        CPU: median(cpu for cpu, _ in later),
        WALL: median(wall for _, wall in later),
    }


def _posts(api: App, payload: object, number: int, prefix: str) -> Work:
    return api.posts(*(body(f"{prefix}{n}", payload) for n in range(number)))


def _batches(api: App, payload: object, count: int, number: int, prefix: str) -> Work:
    batches = (
        ",".join(body(f"{prefix}{n}-{at}", payload) for at in range(count)) for n in range(number)
    )
    return api.posts(*(f"[{batch}]" for batch in batches), status=200)


def _projections(projector: Bundled, number: int, prefix: str) -> Work:
    batches = [[_event(f"{prefix}{n}-{at}") for at in range(_BATCH)] for n in range(number)]
    return Work(projector, [{"Records": [record_of(e) for e in batch]} for batch in batches], 0)


def _event(id: str, *, type: str = "order.paid") -> Event:
    event = an_event(id, type=type, payload_text=json.dumps("x" * 660))
    return event.recorded(at="2026-11-23T10:00:00.000000Z")


def _fill(address: str, payload: object) -> None:
    """The tables, what GET asks for, and what is listed."""
    client: Any = LocalAws(address, "", "eu-central-1").client("dynamodb")
    make_table(client, "events", HASH="id")
    make_table(client, "events-by-type", HASH="pk", RANGE="sk")
    log = DynamoDBLog(client, table="events")
    log.append(an_event("order-1", type=_TYPE, payload_text=json.dumps(payload)))
    projection = ByTypeProjection(client, table="events-by-type", shards=4)
    assert not projection.project([_event(f"listed-{n:03d}", type=_TYPE) for n in range(200)])
    client.close()


BENCHMARK = Benchmark(
    name="memory",
    about="handlers timed on the engine, CPU alone and with the waiting for it",
    leaves_out="TLS and the network's distance; the engine's own speed is not DynamoDB's",
    subjects=_subjects,
    budgets=[],
    rounds=3,
    in_check=False,
)
