"""Takes all measurements, and keeps them where the page is written from.

Invariant: of a measurement that is repeated, the one at the lowest load of the machine is shown.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from infra.bundling import ROOT
from tests.scale import machine
from tests.scale.drains import drains, lags, shard_drains
from tests.scale.indexing import indexing
from tests.scale.latency import latencies, listed, searchable
from tests.scale.projecting import projecting
from tests.stack.local_stack import LocalStack, started_in_memory
from tests.stack.searchable import Engine

RESULTS = ROOT / "build" / "scale"

Found = dict[str, Any]
_EVENTS = 5_000
_RUNS = 2


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident bytes of one process of a kind, the largest where there are several."""

    of: str
    processes: int
    resident: int


def measure(part: str, say: Callable[[str], None]) -> None:
    """One part, in a few minutes; its results are written to the folder RESULTS."""
    found = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine.description(),
        **PARTS[part](say),
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{part}.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def results(part: str) -> Found:
    """What was measured of a part.

    Raises:
        FileNotFoundError: nothing was.
    """
    found: Found = json.loads((RESULTS / f"{part}.json").read_text("utf-8"))
    return found


def _projector(say: Callable[[str], None]) -> Found:
    with projecting(_EVENTS) as bed:
        bed.start_workers()
        return {
            "drains": _said(drains(bed), say),
            "shards": _said(shard_drains(bed), say),
            "lags": _said(lags(bed), say),
        }


def _listed(say: Callable[[str], None]) -> Found:
    with started_in_memory() as stack:
        return {"latencies": _runs(stack, "listed", say), "memory": _memory(stack)}


def _searchable(say: Callable[[str], None]) -> Found:
    with started_in_memory("--search") as stack:
        return {"latencies": _runs(stack, "searchable", say), "memory": _memory(stack)}


PARTS: Mapping[str, Callable[[Callable[[str], None]], Found]] = {
    "projector": _projector,
    "listed": _listed,
    "searchable": _searchable,
    "indexing": lambda say: {"rounds": _said(indexing(), say)},
}


def _said(results: Iterator[Any], say: Callable[[str], None]) -> list[dict[str, Any]]:
    kept = []
    for one in results:
        say(str(one))
        kept.append(asdict(one))
    return kept


def _runs(stack: LocalStack, of: str, say: Callable[[str], None]) -> list[dict[str, Any]]:
    engine = Engine(stack.facts["opensearch"]) if of == "searchable" else None
    seen = searchable(engine) if engine else listed(stack)
    kept: list[dict[str, Any]] = []
    for run in range(_RUNS):
        kept += _said(latencies(stack, seen, of=of, run=f"{of}-{run}"), say)
    if engine:
        engine.close()
    return kept


def _memory(stack: LocalStack) -> list[dict[str, Any]]:
    workers = machine.workers_of(stack.process.pid)
    names = sorted({worker.function for worker in workers})
    by_name = {name: [w.resident for w in workers if w.function == name] for name in names}
    return [asdict(Memory(name, len(sizes), max(sizes))) for name, sizes in by_name.items()]
