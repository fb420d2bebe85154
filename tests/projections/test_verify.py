"""Verifying on the real engine: every planted difference is named, and repaired if asked."""

import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from domain.event import Event
from domain.item import Item, item_of
from domain.timestamps import format_utc
from projections.by_type_rows import PAYLOAD_BYTES, entry_of, row_of
from projections.differences import Compared, Difference, Verified, Young
from projections.keyed_items import KeyedItems
from projections.log_scan import Segment
from projections.type_comparison import TypeComparison
from projections.verify import verify
from tests.projections.replays import (
    SHARDS,
    append,
    events,
    expected,
    projected,
    projection,
    put,
)
from tests.tables import Tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LOG = events(40)
SMALL, BIG = LOG[1], LOG[10]


def run_verify_of(
    tables: Tables, *, lag: float = 60, mend: bool = False
) -> tuple[Verified, set[tuple[str, str, str]]]:
    """The outcome, and each difference as kind, of what, and id, or sort key if it has no id."""
    found: list[Difference] = []
    verified = verify(
        Compared(tables.client, tables.events, tables.events_by_type, SHARDS),
        young=Young.at(datetime.now(UTC), lag=timedelta(seconds=lag)),
        segments=2,
        found=found.append,
        progress=lambda _stage, _items: None,
        mend=mend,
    )
    named = {(str(one.kind), str(one.of), one.id or str(one.key)) for one in found}
    assert len(named) == len(found) == sum(verified.differences.values())
    return verified, named


def put_row(tables: Tables, event: Event, **changed: Any) -> None:
    put(tables, tables.events_by_type, [{**row_of(event, shards=SHARDS), **changed}])


def put_item(tables: Tables, pk: str, sk: str, **more: Any) -> None:
    put(tables, tables.events_by_type, [{"pk": {"S": pk}, "sk": {"S": sk}, **more}])


def delete(tables: Tables, item: Item) -> None:
    key: Any = {"pk": item["pk"], "sk": item["sk"]}
    tables.client.delete_item(TableName=tables.events_by_type, Key=key)


def remove_row(tables: Tables) -> None:
    delete(tables, row_of(SMALL, shards=SHARDS))


def move_row(tables: Tables, **key: str) -> None:
    remove_row(tables)
    put_row(tables, SMALL, **{name: {"S": text} for name, text in key.items()})


def other_shard(tables: Tables) -> None:
    type, _, shard = row_of(SMALL, shards=SHARDS)["pk"]["S"].rpartition("#")
    move_row(tables, pk=f"{type}#{(int(shard) + 1) % SHARDS}")


STRANGE_KEYS = [
    ("no separator", "x"),
    ("t1#0", "2026-11-01T00:00:00.000000Z#" + "y" * 300),
    ("t1#0", "2026-11-01T00:00:00.000000Z#"),
]


def strange_rows(tables: Tables) -> None:
    for pk, sk in STRANGE_KEYS:
        put_item(tables, pk, sk, id={"S": "z" * 3_000})


PLANTED: dict[str, tuple[Callable[[Tables], None], set[tuple[str, str, str]]]] = {
    "row missing": (remove_row, {("missing", "row", SMALL.id)}),
    "payload changed": (
        lambda tables: put_row(tables, SMALL, payload={"S": "2"}),
        {("different", "row", SMALL.id)},
    ),
    "envelope changed": (
        lambda tables: put_row(tables, SMALL, source={"S": "/else"}),
        {("different", "row", SMALL.id)},
    ),
    "hash changed": (
        lambda tables: put_row(tables, SMALL, hash={"B": b"\xff" * 32}),
        {("different", "row", SMALL.id)},
    ),
    "payload's size wrong": (
        lambda tables: put_row(tables, BIG, **{PAYLOAD_BYTES: {"S": "7"}}),
        {("different", "row", BIG.id)},
    ),
    "attributes of other kinds": (
        lambda tables: put_row(tables, SMALL, junk={"M": {"a": {"L": [{"N": "1"}]}}}),
        {("different", "row", SMALL.id)},
    ),
    "id of another kind": (
        lambda tables: put_row(tables, SMALL, id={"N": "1"}),
        {("different", "row", SMALL.id)},
    ),
    "row of no event": (
        lambda tables: put_row(tables, replace(SMALL, id="foreign")),
        {("extra", "row", "foreign")},
    ),
    "row of no known form": (
        strange_rows,
        {("extra", "row", str(key)) for key in STRANGE_KEYS},
    ),
    "row in another shard": (
        other_shard,
        {("missing", "row", SMALL.id), ("extra", "row", SMALL.id)},
    ),
    "row at another time": (
        lambda tables: move_row(tables, sk=f"2026-10-01T00:00:00.000000Z#{SMALL.id}"),
        {("missing", "row", SMALL.id), ("extra", "row", SMALL.id)},
    ),
    "row far in the future": (
        lambda tables: put_row(tables, replace(SMALL, recorded_at="2999-01-01T00:00:00.000000Z")),
        {("extra", "row", SMALL.id)},
    ),
    "type's entry missing": (
        lambda tables: delete(tables, entry_of("t1")),
        {("missing", "type", "t1")},
    ),
    "type's entry extra": (
        lambda tables: put_item(tables, "types", "ghost"),
        {("extra", "type", "ghost")},
    ),
    "type's entry with attributes": (
        lambda tables: put_item(tables, "types", "t2", junk={"N": "1"}),
        {("different", "type", "t2")},
    ),
}


@pytest.fixture
def full(tables: Tables) -> Tables:
    """Tables that are equal."""
    append(tables, LOG)
    assert projection(tables)(LOG) == []
    return tables


def test_equal_tables_have_no_difference(full: Tables) -> None:
    assert run_verify_of(full) == (Verified(40, 40, 0, {}), set())


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_difference_is_named_and_repaired(full: Tables, name: str) -> None:
    plant, differences = PLANTED[name]
    plant(full)
    for mend in (False, True):  # the first changes nothing
        verified, named = run_verify_of(full, mend=mend)
        assert not verified.equal
        assert named == differences
    assert run_verify_of(full) == (Verified(40, 40, 0, {}), set())
    assert projected(full) == expected(LOG)


def test_an_item_of_the_log_that_is_no_event_is_named_and_left_there(full: Tables) -> None:
    put(full, full.events, [{"id": {"S": "no event"}}])
    _, named = run_verify_of(full, mend=True)
    assert named == {("unreadable", "event", "no event")}
    assert "Item" in full.client.get_item(TableName=full.events, Key={"id": {"S": "no event"}})


def test_a_whole_table_is_mended(tables: Tables) -> None:
    log = events(600)
    append(tables, log)
    verified, _ = run_verify_of(tables, mend=True)
    assert verified.differences == {"missing": 603}
    assert projected(tables) == expected(log)


def test_events_younger_than_the_lag_are_left_out_on_both_sides(full: Tables) -> None:
    now = format_utc(datetime.now(UTC))
    young = events(6, first=100, recorded_at=now)
    append(full, young[:4])
    projection(full)(young[2:])
    assert run_verify_of(full) == (Verified(40, 40, 4, {}), set())
    _, named = run_verify_of(full, lag=-3600)
    assert named == {
        *(("missing", "row", event.id) for event in young[:2]),
        *(("extra", "row", event.id) for event in young[4:]),
    }


def test_traffic_makes_no_difference(full: Tables) -> None:
    ended = threading.Event()
    live = projection(full)

    def traffic() -> int:
        number = 1_000
        while not ended.is_set():
            batch = events(5, first=number, recorded_at=format_utc(datetime.now(UTC)))
            append(full, batch)
            live(batch)
            number += 5
        return number

    with ThreadPoolExecutor(1) as threads:
        appending = threads.submit(traffic)
        try:
            for _ in range(5):
                verified, named = run_verify_of(full)
                assert (verified.log_events, named) == (40, set())
        finally:
            ended.set()
        assert appending.result() > 1_000


def test_more_types_than_are_held_at_once_are_all_compared(full: Tables) -> None:
    for name in ("a", "t2x", "zz"):
        put_item(full, "types", name)
    delete(full, entry_of("t1"))
    rows = KeyedItems(full.client, table=full.events_by_type)
    found: list[Difference] = []
    entries: Iterator[Item] = iter([entry_of(type) for type in ("a", "t0", "t2", "t2x", "zz")])
    types = TypeComparison(entries, rows, found=found.append, mend=False, types_at_once=2)
    segment = Segment(0, 1, threading.Event())
    rounds = 0
    while types.next_types():
        types.seen({"t0", "t1", "t2"})
        if rounds == 0:
            types.expected({"t0", "t1", "t2"}, segment)
        types.report_unseen()
        rounds += 1
    assert rounds == 3
    assert {(one.kind, one.id) for one in found} == {
        ("missing", "t1"),
        ("extra", "a"),
        ("extra", "t2x"),
        ("extra", "zz"),
    }


class GeneratedTables:
    """A client of two tables that are equal and made as they are read, page by page."""

    def __init__(self, count: int) -> None:
        self._count = count

    def scan(self, *, TableName: str, Limit: int, **more: Any) -> dict[str, Any]:  # noqa: N803
        size = self._count // more["TotalSegments"]
        first = more["Segment"] * size
        start = int(more["ExclusiveStartKey"]["id"]["S"]) if "ExclusiveStartKey" in more else first
        page = events(min(Limit, first + size - start), first=start)
        items = [item_of(e) if TableName == "log" else row_of(e, shards=SHARDS) for e in page]
        end = start + len(page)
        following = {"LastEvaluatedKey": {"id": {"S": str(end)}}} if end < first + size else {}
        return {"Items": items, **following}

    def get_paginator(self, _operation: str) -> Any:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Items": [entry_of(f"t{n}") for n in range(3)]}]


def peak_of(count: int) -> int:
    """Bytes that comparing so many events takes at its peak."""
    client = cast("DynamoDBClient", GeneratedTables(count))
    tracemalloc.start()
    verified, named = run_verify_of(Tables(client, "log", "rows"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (verified, named) == (Verified(count, count, 0, {}), set())
    return peak


def test_memory_does_not_grow_with_the_log() -> None:
    peak_of(2_000)  # warms up
    # How many of the segments hold two pages at once is chance: both have as many chances.
    small = max(peak_of(4_000) for _ in range(5))
    assert peak_of(20_000) <= 1.1 * small
