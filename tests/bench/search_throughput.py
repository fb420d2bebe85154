"""Measures the search projection beside a plain `opensearchpy.helpers.bulk` loop.

`python -m tests.bench.search_throughput --events N` starts an engine and lets both take turns: the
projection gets events, the loop gets the finished documents of as many. It prints rates, this
process's CPU per event, and the ratio of the rates, which is to be at least 0.8.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch as Client
from opensearchpy.helpers import bulk

from domain.event import Event
from infra.local.opensearch import opensearch
from projections.opensearch import connect
from projections.search import SearchProjection
from projections.search_document import Document
from projections.search_mappings import Mappings
from projections.search_names import document_id, index_name
from projections.search_setup import set_up
from projections.stream import SLICE

PAYLOAD = {"lines": [{"sku": f"A-{n}", "count": n} for n in range(12)], "currency": "EUR"}
OURS, LOOPED = "2026-01-15T10:00:00.000000Z", "2026-02-15T10:00:00.000000Z"


def main() -> None:
    """Warm both up, then let them take turns, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, opensearch(logs=Path(folder)) as engine:
        both = Both(engine.endpoint)
        both.turn("warm", count=arguments.events // 4)
        turns = [
            both.turn(str(number), count=arguments.events) for number in range(arguments.rounds)
        ]
    for number, name in enumerate(("projection", "plain loop")):
        wall, cpu = (sum(turn[number][of] for turn in turns) for of in (0, 1))
        count = arguments.events * arguments.rounds
        print(f"{name}: {count / wall:,.0f} events/s, {cpu / count * 1e6:,.0f} µs CPU each")  # noqa: T201
    ratio = sum(turn[1][0] for turn in turns) / sum(turn[0][0] for turn in turns)
    print(f"ratio:      {ratio:.2f}")  # noqa: T201


class Both:
    """The two writers, each with an index of the same template and fields."""

    def __init__(self, endpoint: str) -> None:
        port = connect(endpoint, service=None)
        set_up(port)
        self._projection = SearchProjection(port)
        self._client: Any = Client(endpoint)
        self._loop_first = False
        self._known = Mappings().with_fields(
            port, index_name(1, LOOPED), Document(event("0", at=LOOPED)).fields
        )

    def turn(self, name: str, *, count: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """Seconds and CPU seconds of the projection, then of the loop."""
        events = [event(f"{name}-{number}", at=OURS) for number in range(count)]
        actions = [self._action(f"{name}-{number}") for number in range(count)]
        if self._loop_first:
            looped = seconds(lambda: bulk(self._client, actions, chunk_size=SLICE))
        projected = seconds(lambda: self._project(events))
        if not self._loop_first:
            looped = seconds(lambda: bulk(self._client, actions, chunk_size=SLICE))
        self._loop_first = not self._loop_first
        return projected, looped

    def _project(self, events: list[Event]) -> None:
        for start in range(0, len(events), SLICE):
            left = self._projection.project(events[start : start + SLICE])
            assert not left, left[0].reason

    def _action(self, id: str) -> dict[str, Any]:
        return {
            "_op_type": "create",
            "_index": index_name(1, LOOPED),
            "_id": document_id(id),
            "_source": json.loads(Document(event(id, at=LOOPED)).json(self._known)),
        }


def event(id: str, *, at: str) -> Event:
    """An event of about 900 bytes; its hash is not that of its content, which nothing checks."""
    return Event(
        id=id,
        type="order.placed",
        payload=json.dumps({**PAYLOAD, "order": id, "placed_at": at}, separators=(",", ":")),
        recorded_at=at,
        hash=f"{hash(id) & (2**64 - 1):064x}",
        source="/shop",
    )


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """How long the work takes, and how much CPU of this process."""
    begin, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - cpu


if __name__ == "__main__":
    main()
