"""What a page of a type's events costs: calls, units and bytes read, by how much there is.

The peer is an index on type, which keeps all events of a type in one partition.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from tests.bench.apps import OURS
from tests.bench.benchmark import Benchmark, Budget, Subject
from tests.bench.listed_tables import SHARDS, TYPES, listed_tables

FEW, MORE, MILLION = 1_000, 20_000, 1_000_000
PEER = "an index on type"
_OTHERS = (1, 8, 64)


@contextmanager
def _subjects(_seed: int) -> Iterator[Mapping[str, Subject]]:
    with listed_tables() as tables:
        yield {
            **{_among(number): partial(tables.page, number) for number in (FEW, MORE)},
            _NEXT: partial(tables.page, MORE, after="2026-11-23T10:00:05.000000Z#"),
            **{_among(number, PEER): partial(tables.peer, number) for number in (FEW, MORE)},
            **{_with(shards): partial(tables.page, FEW, shards=shards) for shards in _OTHERS},
            f"page of one of {TYPES:,} types: {OURS}": tables.page_among_types,
            f"GET /types, 50 of {TYPES:,}: {OURS}": tables.types,
        }


@contextmanager
def _subjects_at_scale(_seed: int) -> Iterator[Mapping[str, Subject]]:
    with listed_tables() as tables:
        yield {_among(number): partial(tables.page, number) for number in _SIZES}


def _among(number: int, whose: str = OURS) -> str:
    return f"page among {number:,}: {whose}"


def _with(shards: int) -> str:
    return f"page of {shards} shard{'s' if shards > 1 else ''}: {OURS}"


def _flat(number: int) -> Budget:
    """Whatever the number of events, a page reads as much."""
    return Budget(subject=_among(number), against=_among(FEW), measure="bytes", must=1.1, aim=1.0)


def _calls(subject: str, shards: int = SHARDS) -> Budget:
    return Budget(subject=subject, measure="calls", must=2 * shards, aim=shards)


_SIZES: Sequence[int] = (FEW, 10_000, 100_000, MILLION)
_NEXT = f"next page: {OURS}"
_LEFT_OUT = (
    "the read function around it, and what one partition can take: there an index on type ends at "
    "1,000 writes a second"
)

BENCHMARK = Benchmark(
    name="listing",
    about=f"a page of 50 events of 700 bytes, on the engine with {SHARDS} shards a type",
    leaves_out=_LEFT_OUT,
    subjects=_subjects,
    budgets=[
        _calls(_among(FEW)),
        _calls(_NEXT),
        *(_calls(_with(shards), shards) for shards in _OTHERS),
        # Twice what 50 rows have.
        Budget(subject=_among(MORE), measure="bytes", must=100_000, aim=80_000),
        _flat(MORE),
    ],
)

AT_SCALE = Benchmark(
    name="listing-at-scale",
    about="the same page among 1,000 to 1,000,000 events",
    leaves_out=_LEFT_OUT,
    subjects=_subjects_at_scale,
    budgets=[_calls(_among(MILLION)), _flat(MILLION)],
    in_check=False,
)
