"""What can be counted exactly: DynamoDB's calls and units for an event, bytes that are stored."""

import json
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from domain.dynamodb_log import DynamoDBLog
from domain.event import Event, NewEvent
from domain.item import item_bytes, item_of
from domain.json_text import JsonText, parse_items
from infra.local.aws import LocalAws
from infra.local.engines import dynamodb_local
from projections.by_type import ByTypeProjection
from tests.bench.apps import BY_TYPE_PROJECTOR, READ, WRITE
from tests.bench.benchmark import Benchmark, Budget, Measured, Subject
from tests.bench.bundles import ours
from tests.bench.meter import Meter
from tests.bench.rebuild_throughput import make_table

SHARDS = 4
_TYPE = "order.placed"
_UNIT = 1_024
_MB = 1_000_000
_PAYLOADS = {"100 B": 100, "700 B": 700, "1 KB": 1_000, "8 KB": 8_000, "100 KB": 100_000}
_BUNDLES = {"write": WRITE, "read": READ, "by-type projector": BY_TYPE_PROJECTOR}


@contextmanager
def _subjects(seed: int) -> Iterator[Mapping[str, Subject]]:
    made = Random(seed)  # noqa: S311  # no secret
    with tempfile.TemporaryDirectory() as folder, dynamodb_local(logs=Path(folder)) as engine:
        client: Any = LocalAws(engine.endpoint, "", "eu-central-1").client("dynamodb")
        make_table(client, "events", HASH="id")
        make_table(client, "by-type", HASH="pk", RANGE="sk")
        meter = Meter(client)
        projection = ByTypeProjection(client, table="by-type", shards=SHARDS)
        events = {name: _event(made, size) for name, size in _PAYLOADS.items()}
        projection.project([events["100 B"]])  # from then on the type is known
        there = _log(client).append(_new_of(events["1 KB"])).event
        yield {
            **{f"event of {name}": _stored(meter, projection, e) for name, e in events.items()},
            "POST of 500": lambda: meter.of(lambda: _log(client).append_many(_new(made, 500))),
            "GET": lambda: meter.of(lambda: _log(client).get(there.id)),
            **{f"bundle: {what}": partial(_zipped, handler) for what, handler in _BUNDLES.items()},
        }
        client.close()


def _stored(meter: Meter, projection: ByTypeProjection, event: Event) -> Subject:
    """One event appended and projected.

    For the units of its INSERT those of a put of the same item stand.
    """

    def append_and_project() -> Measured:
        kept: list[Event] = []

        def append() -> None:
            kept.append(_log(meter.client).append(_new_of(event)).event)

        log = meter.of(append)
        [stored] = kept
        item = item_of(stored)
        put = meter.of(lambda: meter.client.put_item(TableName="events", Item=item))
        size = item_bytes(item)
        assert put["units"] == -(-size // _UNIT)  # the rule of item sizes, which docs/cost.md uses
        row = meter.of(lambda: projection.project([stored]))
        beyond = size - len(stored.payload.encode()) - len(stored.id.encode())
        return {
            "calls": log["calls"],
            "units": put["units"] + row["units"],
            "bytes beyond payload and id": beyond,
        }

    return append_and_project


def _zipped(handler: str) -> Measured:
    """A function's bundle as CDK uploads it, but for the order of its files."""
    folder = ours(handler).folder
    with tempfile.TemporaryFile() as file:
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
        return {"bytes zipped": file.tell()}


def _log(client: Any) -> DynamoDBLog:
    return DynamoDBLog(client, table="events")


def _event(made: Random, size: int) -> Event:
    """An event whose payload has so many bytes; an id as the log makes them."""
    payload = json.dumps("x" * (size - 2))
    moment = "2026-11-23T09:00:00.000000Z"
    return Event(id=_id(made), type=_TYPE, payload=payload, recorded_at=moment, hash="00" * 32)


def _new_of(event: Event) -> NewEvent:
    """The event, to be appended under a new id each time."""
    [payload] = parse_items(event.payload)
    assert isinstance(payload, JsonText)
    return NewEvent(id=str(uuid.uuid4()), type=_TYPE, payload=payload)


def _new(made: Random, count: int) -> list[NewEvent]:
    return [_new_of(_event(made, 700)) for _ in range(count)]


def _id(made: Random) -> str:
    return str(uuid.UUID(int=made.getrandbits(128)))


def _budget(subject: str, measure: str, must: float, aim: float) -> Budget:
    return Budget(subject=subject, measure=measure, must=must, aim=aim)


BENCHMARK = Benchmark(
    name="counted",
    about="calls, units and bytes, on the engine with four shards a type",
    leaves_out="the units of streams and of point-in-time recovery, which AWS does not count so",
    subjects=_subjects,
    budgets=[
        _budget("event of 700 B", "units", 2, 2),
        _budget("event of 700 B", "calls", 1, 1),
        _budget("event of 700 B", "bytes beyond payload and id", 250, 180),
        _budget("POST of 500", "calls", 20, 20),
        _budget("bundle: write", "bytes zipped", 8 * _MB, 5 * _MB),
    ],
)
