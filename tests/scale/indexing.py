"""What the search projection and OpenSearch take for a document: CPU, which a busy machine leaves.

The engine is fresh and its JVM hardly warm, so that a long-running one takes less.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.local.opensearch import opensearch
from projections.opensearch import connect
from projections.search import SearchProjection
from projections.search_setup import set_up
from projections.stream import SLICE
from tests.bench.search_throughput import OURS, event
from tests.scale import machine

ROUNDS = 4
_EVENTS = 3_000


@dataclass(frozen=True, slots=True)
class Indexing:
    """A round: seconds of CPU of the projection and of the engine, for so many events."""

    events: int
    projection: float
    engine: float
    load: float


def indexing() -> Iterator[Indexing]:
    """Rounds on one engine, the first of which warms it up."""
    with tempfile.TemporaryDirectory() as folder, opensearch(logs=Path(folder)) as engine:
        port = connect(engine.endpoint, service=None)
        set_up(port)
        projection = SearchProjection(port)
        for turn in range(ROUNDS):
            yield _round(projection, turn)


def _round(projection: SearchProjection, turn: int) -> Indexing:
    events = [event(f"{turn}-{number}", at=OURS) for number in range(_EVENTS)]
    load, own, below = machine.load(), time.process_time(), machine.cpu_below(os.getpid())
    for start in range(0, _EVENTS, SLICE):
        if left := projection.project(events[start : start + SLICE]):
            raise RuntimeError(left[0].reason)
    return Indexing(
        _EVENTS,
        time.process_time() - own,
        machine.cpu_below(os.getpid()) - below,
        load,
    )
