"""Measures a rebuild beside a plain BatchWriteItem loop over the same rows.

`python -m tests.bench.rebuild_throughput --events N` starts an engine in memory and prints both
rates and their ratio, which is to stay below 1.5.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain.event import Event
from domain.item import Item, item_of
from infra.local.aws import LocalAws
from infra.local.engines import dynamodb_local
from projections.by_type import ByTypeProjection
from projections.by_type_rows import row_of
from projections.rebuild import rebuild

SHARDS = 4
SEGMENTS = 4
PUTS_PER_CALL = 25
PAYLOAD = json.dumps({"order": 4711, "lines": [{"sku": f"A-{n}", "count": n} for n in range(12)]})


def main() -> None:
    """Fill a log, write its rows in a plain loop, rebuild into a second table, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    count: int = parser.parse_args().events
    with tempfile.TemporaryDirectory() as folder, dynamodb_local(logs=Path(folder)) as engine:
        client: Any = LocalAws(engine.endpoint, "", "eu-central-1").client("dynamodb")
        make_tables(client)
        events = [event(number) for number in range(count)]
        put_all(client, "log", [item_of(e) for e in events])
        rows = [row_of(e, shards=SHARDS) for e in events]
        looped = seconds(lambda: put_all(client, "looped", rows))
        rebuilt = seconds(lambda: rebuild_all(client, Path(folder) / "checkpoint"))
        client.close()
    print(f"plain loop: {count / looped:,.0f} events/s")  # noqa: T201
    print(f"rebuild:    {count / rebuilt:,.0f} events/s")  # noqa: T201
    print(f"ratio:      {rebuilt / looped:.2f}")  # noqa: T201


def event(number: int) -> Event:
    """An event of about 600 bytes; its hash is not that of its content, which nothing checks."""
    return Event(
        id=f"order-{number}",
        type=f"order.{('placed', 'paid', 'shipped')[number % 3]}",
        payload=PAYLOAD,
        recorded_at=f"2026-11-23T{number // 3600 % 24:02}:{number // 60 % 60:02}:00.000000Z",
        hash=f"{number:064x}",
        source="/shop",
    )


def make_tables(client: Any) -> None:
    """A log table, and two tables like the by-type projection's."""
    make_table(client, "log", HASH="id")
    make_table(client, "looped", HASH="pk", RANGE="sk")
    make_table(client, "rebuilt", HASH="pk", RANGE="sk")


def make_table(client: Any, name: str, **keys: str) -> None:
    """A table whose keys are texts."""
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for kind, key in keys.items()],
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"} for key in keys.values()
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def put_all(client: Any, table: str, items: list[Item]) -> None:
    """The plain loop."""
    for start in range(0, len(items), PUTS_PER_CALL):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + PUTS_PER_CALL]]
        client.batch_write_item(RequestItems={table: puts})


def rebuild_all(client: Any, checkpoint: Path) -> None:
    """The rebuild, without a rate limit."""
    rebuild(
        client,
        log_table="log",
        into="rebuilt",
        project=ByTypeProjection(client, table="rebuilt", shards=SHARDS).project,
        segments=SEGMENTS,
        rate=None,
        checkpoint=checkpoint,
        progress=lambda _counts, _left: None,
    )


def seconds(work: Callable[[], None]) -> float:
    """How long the work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
