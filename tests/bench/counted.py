"""What can be counted exactly: DynamoDB's calls and units for an event, bytes that are stored."""

import json
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from domain.dynamodb_log import DynamoDBLog
from domain.event import Event, NewEvent
from domain.item import item_bytes, item_of
from domain.json_text import JsonText, parse_items
from infra.local.aws import LocalAws
from infra.local.engines import dynamodb_local
from projections.by_type import ByTypeProjection
from projections.by_type_listing import ByTypeListing, Listing
from projections.by_type_queries import ByTypeQueries
from tests.bench.benchmark import Benchmark, Budget, Measured, Subject
from tests.bench.rebuild_throughput import make_table

SHARDS = 4
PAGE = 50
SMALL, LARGE = 1_000, 20_000
_TYPE = "order.placed"
_UNIT = 1_024
_PAYLOADS = {"100 B": 100, "700 B": 700, "1 KB": 1_000, "8 KB": 8_000, "100 KB": 100_000}


class Meter:
    """A DynamoDB client that counts its calls, their units and their answers' bytes."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls = self.bytes = 0
        self.units = 0.0
        events = client.meta.events
        for operation in ("PutItem", "BatchWriteItem", "Query"):
            events.register(f"provide-client-params.dynamodb.{operation}", _ask_for_units)
        events.register("after-call.dynamodb", self._note)

    def of(self, work: Callable[[], object]) -> dict[str, float]:
        """What a piece of work takes."""
        self.calls, self.bytes, self.units = 0, 0, 0.0
        work()
        told = {"units": self.units} if self.units else {}  # of PartiQL the engine tells none
        return {"calls": self.calls, "bytes": self.bytes, **told}

    def _note(self, http_response: Any, parsed: Mapping[str, Any], **_: object) -> None:
        used = parsed.get("ConsumedCapacity", [])
        self.calls += 1
        self.bytes += len(http_response.content)
        self.units += sum(u["CapacityUnits"] for u in (used if isinstance(used, list) else [used]))


def _ask_for_units(params: dict[str, Any], **_: object) -> dict[str, Any]:
    return params | {"ReturnConsumedCapacity": "TOTAL"}


@contextmanager
def _subjects(seed: int) -> Iterator[Mapping[str, Subject]]:
    made = Random(seed)  # noqa: S311  # no secret
    with tempfile.TemporaryDirectory() as folder, dynamodb_local(logs=Path(folder)) as engine:
        client: Any = LocalAws(engine.endpoint, "", "eu-central-1").client("dynamodb")
        make_table(client, "events", HASH="id")
        make_table(client, "by-type", HASH="pk", RANGE="sk")
        meter = Meter(client)
        projection = ByTypeProjection(client, table="by-type", shards=SHARDS)
        for number in (SMALL, LARGE):
            _fill(projection, number)
        events = {name: _event(made, size) for name, size in _PAYLOADS.items()}
        projection.project([events["100 B"]])  # from then on the type is known
        there = _log(client).append(_new_of(events["1 KB"])).event
        yield {
            **{f"event of {name}": _stored(meter, projection, e) for name, e in events.items()},
            "POST of 500": lambda: meter.of(lambda: _log(client).append_many(_new(made, 500))),
            "GET": lambda: meter.of(lambda: _log(client).get(there.id)),
            **{f"page among {number:,}": _page(meter, number) for number in (SMALL, LARGE)},
            "next page": _page(meter, LARGE, after="2026-11-23T10:00:05.000000Z#"),
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


def _page(meter: Meter, number: int, *, after: str | None = None) -> Subject:
    queries = ByTypeQueries(meter.client, table="by-type")
    listing = ByTypeListing(queries, shards=SHARDS, payloads=lambda _: {})

    def list_page() -> Measured:
        return meter.of(
            lambda: listing.page(
                Listing(type=_type(number)), after=after, limit=PAGE, max_bytes=10**7
            )
        )

    return list_page


def _fill(projection: ByTypeProjection, number: int) -> None:
    """So many events of the type that is named after their number, a millisecond apart."""
    payload = json.dumps("x" * 660)
    for start in range(0, number, 1_000):
        batch = [
            Event(
                id=f"e{n:07d}",
                type=_type(number),
                payload=payload,
                recorded_at=f"2026-11-23T10:00:{n // 1_000:02d}.{n % 1_000:03d}000Z",
                hash="00" * 32,
            )
            for n in range(start, start + 1_000)
        ]
        assert projection.project(batch) == []


def _type(number: int) -> str:
    return f"{number:07d}"


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
        _budget(f"page among {SMALL:,}", "calls", 2 * SHARDS, SHARDS),
        _budget("next page", "calls", 2 * SHARDS, SHARDS),
        _budget(f"page among {LARGE:,}", "bytes", 100_000, 80_000),  # twice 50 rows of 750 bytes
        Budget(
            subject=f"page among {LARGE:,}",
            against=f"page among {SMALL:,}",
            measure="bytes",
            must=1.1,
            aim=1.0,
        ),
    ],
)
