"""Query calls and answer bytes of one page of 50, at growing numbers of events of one type.

`python -m tests.bench.listing_cost --events 1000 200000` starts an engine of its own.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from infra.local.aws import LocalAws
from infra.local.engines import dynamodb_local
from projections.by_type import ByTypeProjection
from projections.by_type_listing import ByTypeListing, Listing
from projections.by_type_queries import ByTypeQueries
from tests.builders import an_event
from tests.tables import create_by_type_table

SHARDS = 4
TABLE = "events-by-type"
PAYLOAD = '"' + "x" * 600 + '"'


def main() -> None:
    """Print one row per number of events."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[1_000, 200_000])
    numbers = parser.parse_args().events
    with (
        tempfile.TemporaryDirectory() as folder,
        dynamodb_local(logs=Path(folder)) as engine,
    ):
        client = LocalAws(engine.endpoint, "", "eu-central-1").client("dynamodb")
        create_by_type_table(client, TABLE)
        print("events  query calls  answer bytes")  # noqa: T201
        for number in numbers:
            fill(client, number)
            calls, size = cost(client, str(number))
            print(f"{number:>6}  {calls:>11}  {size:>12}")  # noqa: T201


def fill(client: Any, number: int) -> None:
    """Project so many events of the type that is named after their number."""
    projection = ByTypeProjection(client, table=TABLE, shards=SHARDS)
    for start in range(0, number, 1_000):
        batch = [
            an_event(f"e{n:07d}", type=str(number), payload_text=PAYLOAD).recorded(
                at=f"2026-11-23T10:{n // 60_000:02d}:{n // 1_000 % 60:02d}.{n % 1_000:03d}000Z"
            )
            for n in range(start, min(start + 1_000, number))
        ]
        assert projection.project(batch) == []


def cost(client: Any, type: str) -> tuple[int, int]:
    """Query calls and their answers' bytes for the newest page of 50."""
    sizes: list[int] = []

    def note(http_response: Any, **_: object) -> None:
        sizes.append(len(http_response.content))

    client.meta.events.register("after-call.dynamodb.Query", note)
    listing = ByTypeListing(
        ByTypeQueries(client, table=TABLE), shards=SHARDS, payloads=lambda _: {}
    )
    page = listing.page(Listing(type=type), after=None, limit=50, max_bytes=10**9)
    client.meta.events.unregister("after-call.dynamodb.Query", note)
    assert len(page.events) == 50
    return len(sizes), sum(sizes)


if __name__ == "__main__":
    main()
