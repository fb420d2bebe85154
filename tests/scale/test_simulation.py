"""The model: each limit binds where its numbers say, and a seed makes an outcome."""

from dataclasses import replace

import pytest

from tests.scale.simulation import simulate
from tests.scale.system import Cost, Projection, System

ROWS = Projection(name="rows", own=Cost(0.001, 0.0001), window=0, poll=0.1, rest=0.05)
SYSTEM = System(rate=500, size=5, write=Cost(0.005, 0), partitions=2, projections=(ROWS,))

BOUND = {
    "gate": replace(SYSTEM, requests_per_second=50, burst=0.1),  # 250 events in 50 requests
    "write function": replace(SYSTEM, concurrency=1, write=Cost(0.02, 0)),
    "log partition": replace(SYSTEM, units=100, concurrency=40),
    "rows: lane": replace(SYSTEM, projections=(replace(ROWS, own=Cost(0.0, 0.01)),)),
    "rows: target": replace(SYSTEM, projections=(replace(ROWS, target=Cost(0.0, 0.005)),)),
    "rows: row partition": replace(
        SYSTEM, type_shards=2, projections=(replace(ROWS, row_units=100),)
    ),
}
"""Systems that are offered 500 events a second and that one limit keeps at 200 or 250."""


def test_a_system_without_a_narrow_limit_projects_all_that_comes() -> None:
    outcome = simulate(SYSTEM, seconds=20)
    assert outcome.refused == 0
    assert outcome.accepted == pytest.approx(500, rel=0.05)
    assert outcome.projected["rows"] == pytest.approx(outcome.accepted, rel=0.02)
    lag = outcome.lag["rows"]
    assert lag is not None
    assert lag.max < 0.2


@pytest.mark.parametrize("limit", BOUND)
def test_a_limit_binds_at_its_number(limit: str) -> None:
    outcome = simulate(BOUND[limit], seconds=20)
    assert 150 < outcome.projected["rows"] < 260
    assert outcome.busy[limit] == max(outcome.busy.values())
    assert outcome.busy[limit] > 0.6  # a full function refuses, and is idle until the next call


def test_a_hot_type_is_bound_by_its_own_shards_alone() -> None:
    rows = replace(ROWS, row_units=100, batch=10)
    hot = replace(SYSTEM, types=(0.9, 0.1), type_shards=1, projections=(rows,))
    assert simulate(hot, seconds=10).busy["rows: row partition"] > 0.9
    spread = replace(hot, type_shards=8)
    assert simulate(spread, seconds=10).projected["rows"] == pytest.approx(500, rel=0.1)


def test_a_seed_makes_an_outcome_and_another_seed_another() -> None:
    first, again, other = (simulate(SYSTEM, seconds=2, seed=seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_a_batch_waits_for_its_window_and_no_longer() -> None:
    slow = replace(SYSTEM, rate=20, size=1, projections=(replace(ROWS, window=1.0),))
    lag = simulate(slow, seconds=20).lag["rows"]
    assert lag is not None
    assert 0.4 < lag.p50 < 1.3
