"""Tables on the engine with many events of a type, ours and the peer's, and pages out of them.

Rows are put in the table as the projector would, without it, when they are first asked for.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from domain.event import Event
from domain.item import item_of
from infra.local.aws import LocalAws
from infra.local.engines import dynamodb_local
from projections.by_type_listing import ByTypeListing, Listing
from projections.by_type_queries import ByTypeQueries
from projections.by_type_rows import entry_of, row_of
from tests.bench.benchmark import Measured
from tests.bench.loading import load
from tests.bench.meter import Meter
from tests.bench.peers import type_index
from tests.bench.rebuild_throughput import make_table

SHARDS = 4
PAGE = 50
TYPES = 10_000
_PAYLOAD = json.dumps("x" * 660)


@dataclass(frozen=True, slots=True)
class ListedTables:
    """Ours and the peer's, filled with what is asked for when it is first asked for."""

    meter: Meter
    address: str
    filled: set[str] = field(default_factory=set)

    def page(self, number: int, *, shards: int = SHARDS, after: str | None = None) -> Measured:
        """The newest 50 of so many events, or 50 behind a place."""
        name = f"{number:07d}-{shards:02d}"
        self._once(name, lambda: (row_of(e, shards=shards) for e in _events(name, number)))
        return self._listed(name, shards=shards, after=after)

    def page_among_types(self) -> Measured:
        """The newest 50 of one type of many."""
        self._fill_types()
        return self._listed(_type(TYPES // 2), shards=SHARDS, after=None)

    def types(self) -> Measured:
        """The first 50 types of many."""
        self._fill_types()
        return self.meter.of(lambda: self._listing(SHARDS).types(after=None, limit=PAGE))

    def peer(self, number: int) -> Measured:
        """The newest 50 of so many events out of the index."""
        name = f"{number:07d}-peer"
        items = partial(map, item_of, _events(name, number))
        self._once(name, items, table="peer")
        found: list[Any] = []

        def page() -> None:
            found.extend(type_index.page(self.meter.client, "peer", name, limit=PAGE))

        measured = self.meter.of(page)
        assert len(found) == PAGE
        return measured

    def _listed(self, type: str, *, shards: int, after: str | None) -> Measured:
        found: list[str] = []

        def list_page() -> None:
            page = self._listing(shards).page(
                Listing(type=type), after=after, limit=PAGE, max_bytes=10**7
            )
            found.extend(page.events)

        measured = self.meter.of(list_page)
        assert len(found) == PAGE
        return measured

    def _listing(self, shards: int) -> ByTypeListing:
        queries = ByTypeQueries(self.meter.client, table="by-type")
        return ByTypeListing(queries, shards=shards, payloads=lambda _: {})

    def _fill_types(self) -> None:
        names = [_type(number) for number in range(TYPES)]
        self._once("entries", lambda: map(entry_of, names))
        per_type = {name: PAGE + 1 if name == _type(TYPES // 2) else 1 for name in names}
        events = (e for name, number in per_type.items() for e in _events(name, number))
        self._once("types", lambda: (row_of(event, shards=SHARDS) for event in events))

    def _once(
        self, what: str, items: Callable[[], Iterator[Any]], *, table: str = "by-type"
    ) -> None:
        if what not in self.filled:
            load(self.address, table, items())
            self.filled.add(what)


@contextmanager
def listed_tables() -> Iterator[ListedTables]:
    """Empty ones, and an engine, for as long as this is entered."""
    with tempfile.TemporaryDirectory() as folder, dynamodb_local(logs=Path(folder)) as engine:
        client: Any = LocalAws(engine.endpoint, "", "eu-central-1").client("dynamodb")
        make_table(client, "by-type", HASH="pk", RANGE="sk")
        type_index.make(client, "peer")
        yield ListedTables(Meter(client), engine.endpoint)
        client.close()


def _type(number: int) -> str:
    return f"type-{number:05d}"


def _events(type: str, number: int) -> Iterator[Event]:
    """So many events of about 700 bytes, a millisecond apart."""
    for n in range(number):
        minutes, milliseconds = divmod(n, 60_000)
        yield Event(
            id=f"{type}-{n:07d}",
            type=type,
            payload=_PAYLOAD,
            recorded_at=f"2026-11-23T10:{minutes:02d}:{milliseconds / 1_000:09.6f}Z",
            hash="00" * 32,
        )
