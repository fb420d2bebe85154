"""A log and its by-type table, filled and read whole, for tests of replays."""

import json
import sys
from pathlib import Path
from typing import Any

from domain.event import Event
from domain.item import Item, item_of
from infra.local.aws import LocalAws
from projections.by_type import ByTypeProjection
from projections.by_type_rows import entry_of, row_of
from projections.log_scan import Unreadable
from projections.rebuild import Rebuilt, rebuild
from projections.stream import Project
from tests.tables import Tables

SHARDS = 4
SEGMENTS = 2


def events(count: int, *, first: int = 0, recorded_at: str | None = None) -> list[Event]:
    """Events of three types over many hours; every tenth is too large for its row."""
    return [
        Event(
            id=f"e{n:06d}",
            type=f"t{n % 3}",
            payload=json.dumps("x" * (1_500 if n % 10 == 0 else 100)),
            recorded_at=recorded_at or f"2026-11-{n % 20 + 1:02}T{n % 24:02}:00:00.{n:06d}Z",
            hash=f"{n:064x}",
            source="/shop",
        )
        for n in range(first, first + count)
    ]


def append(tables: Tables, log: list[Event]) -> None:
    """Put events into the log, around the API."""
    put(tables, tables.events, [item_of(event) for event in log])


def put(tables: Tables, table: str, items: list[Item]) -> None:
    """Put items into a table."""
    for start in range(0, len(items), 25):
        puts: Any = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        tables.client.batch_write_item(RequestItems={table: puts})


def projection(tables: Tables, *, shards: int = SHARDS) -> Project:
    """The by-type projection of the tables."""
    return ByTypeProjection(tables.client, table=tables.events_by_type, shards=shards).project


def expected(log: list[Event], *, shards: int = SHARDS) -> dict[tuple[str, str], Item]:
    """All items that the projection of a log has, by key."""
    items = [entry_of(type) for type in {event.type for event in log}]
    return by_key([*items, *(row_of(event, shards=shards) for event in log)])


def projected(tables: Tables) -> dict[tuple[str, str], Item]:
    """All items that the by-type table has, by key."""
    client: Any = tables.client
    pages = client.get_paginator("scan").paginate(
        TableName=tables.events_by_type, ConsistentRead=True
    )
    return by_key([item for page in pages for item in page["Items"]])


def by_key(items: list[Item]) -> dict[tuple[str, str], Item]:
    """Items of the by-type table by their keys."""
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}


def run_rebuild_of(
    tables: Tables,
    checkpoint: Path,
    *,
    project: Project | None = None,
    segments: int = SEGMENTS,
    rate: float | None = None,
    into: str = "by-type",
    left: list[Unreadable] | None = None,
) -> Rebuilt:
    """Rebuild the by-type table; what was not projected is added to `left`."""
    noted: list[Unreadable] = [] if left is None else left
    return rebuild(
        tables.client,
        log_table=tables.events,
        into=into,
        project=project or projection(tables),
        segments=segments,
        rate=rate,
        checkpoint=checkpoint,
        progress=lambda _counts, more: noted.extend(more),
    )


def main() -> None:
    """A rebuild in a process of its own, which can be killed."""
    endpoint, log, by_type, checkpoint, rate = sys.argv[1:]
    client: Any = LocalAws(endpoint, "", "eu-central-1").client("dynamodb")
    run_rebuild_of(Tables(client, log, by_type), Path(checkpoint), rate=float(rate))


if __name__ == "__main__":
    main()
