"""Runs of known costs give the model those costs back, and it predicts the runs beside them."""

from typing import Any

import pytest

from tests.scale.comparison import WORKERS, calibrated, least_disturbed, throughputs
from tests.scale.simulation import simulate
from tests.scale.system import Cost, Projection, System

OWN, SHARED = Cost(0.02, 0.0), Cost(0.01, 0.0002)
EVENTS = 4_000


def _drain(batch: int, lanes: int) -> dict[str, Any]:
    """A run as it would be measured, of a system with the known costs."""
    rows = Projection(
        name="rows",
        poll=0.1,
        rest=0,
        batch=batch,
        window=0,
        lanes=lanes,
        concurrency=WORKERS,
        own=OWN,
        target=SHARED,
    )
    system = System(rate=0, write=Cost(0, 0), projections=(rows,))
    lag = simulate(system, seconds=1_000, waiting=EVENTS, seed=2).lag["rows"]
    assert lag is not None
    invocations = max(lanes, EVENTS // batch)
    found = {"batch": batch, "lanes": lanes, "events": EVENTS, "invocations": invocations}
    return {**found, "seconds": lag.max}


@pytest.fixture(scope="module")
def drains() -> list[dict[str, Any]]:
    return [_drain(batch, lanes) for batch in (10, 100, 1_000) for lanes in (1, 10)]


def test_costs_that_made_the_runs_are_found_again(drains: list[dict[str, Any]]) -> None:
    own, shared = calibrated(least_disturbed(drains))
    assert own.of(100) + shared.of(100) == pytest.approx(OWN.of(100) + SHARED.of(100), rel=0.2)


def test_runs_that_gave_no_cost_are_predicted(drains: list[dict[str, Any]]) -> None:
    predicted = [one for one in throughputs(drains) if not one.given]
    assert {(one.batch, one.lanes) for one in predicted} == {(100, 1), (100, 10)}
    assert max(abs(one.off) for one in predicted) < 0.2


def test_the_least_disturbed_run_is_the_fastest() -> None:
    fast = {"batch": 1, "lanes": 1, "seconds": 1.0}
    assert least_disturbed([fast, {**fast, "seconds": 2.0}])[1, 1] == fast
