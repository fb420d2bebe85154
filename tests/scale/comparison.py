"""The model with this machine's numbers, beside what was measured here.

Invariant: four runs give the model its costs; all others are predicted from them, and compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.scale.simulation import simulate
from tests.scale.system import Cost, Projection, System

TOLERANCE = 0.35
"""By how much of the larger throughput model and measurement may differ."""

LAG_FACTOR = 2.0
"""And by which factor median lags may."""

WORKERS = 4
"""Processes of a function, at most, on one machine."""

_SLOW, _FAST = (10, 1), (1000, 1)
_SHARED_SLOW, _SHARED_FAST = (10, 10), (1000, 10)
GIVEN = {_SLOW, _FAST, _SHARED_SLOW, _SHARED_FAST}
_STREAM_DELAY = 0.01  # DynamoDB Local's stream shows a write so late, in the median

Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """A throughput, in events a second, or a median lag in milliseconds; `given` ones calibrate."""

    batch: int
    lanes: int
    measured: float
    predicted: float
    given: bool

    @property
    def off(self) -> float:
        """How far the prediction is off, as a share of the measurement."""
        return self.predicted / self.measured - 1


def least_disturbed(drains: Sequence[Found]) -> dict[tuple[int, int], Found]:
    """Of each pair of settings the fastest run: what else the machine did only ever slows one."""
    best: dict[tuple[int, int], Found] = {}
    for one in sorted(drains, key=lambda one: -one["seconds"]):
        best[one["batch"], one["lanes"]] = one
    return best


def throughputs(drains: Sequence[Found]) -> list[Compared]:
    """Events a second of every pair of settings."""
    best = least_disturbed(drains)
    costs = calibrated(best)
    return [
        Compared(batch, lanes, one["events"] / one["seconds"], predicted, (batch, lanes) in GIVEN)
        for (batch, lanes), one in sorted(best.items())
        for predicted in [_drain_rate(costs, batch=batch, lanes=lanes, events=one["events"])]
    ]


def lags(drains: Sequence[Found], measured: Sequence[Found]) -> list[Compared]:
    """Median milliseconds from write to row of every pair of settings; none of them calibrates."""
    costs = calibrated(least_disturbed(drains))
    return [
        Compared(
            one["batch"],
            one["lanes"],
            one["seconds"]["p50"] * 1000,
            _median_lag(costs, batch=one["batch"], lanes=one["lanes"], rate=one["rate"]) * 1000,
            given=False,
        )
        for one in measured
    ]


def calibrated(best: dict[tuple[int, int], Found]) -> tuple[Cost, Cost]:
    """What an invocation takes by itself, and what of the machine that all of them share."""
    alone = _cost(best[_SLOW], best[_FAST])
    shared = _cost(best[_SHARED_SLOW], best[_SHARED_FAST])
    own = Cost(max(0.0, alone.fixed - shared.fixed), max(0.0, alone.each - shared.each))
    return own, shared


def _cost(slow: Found, fast: Found) -> Cost:
    """Seconds for an invocation and for an event, from two runs over the same events."""
    fixed = (slow["seconds"] - fast["seconds"]) / (slow["invocations"] - fast["invocations"])
    each = (fast["seconds"] - fixed * fast["invocations"]) / fast["events"]
    return Cost(max(0.0, fixed), each)


def _system(costs: tuple[Cost, Cost], *, batch: int, lanes: int, rate: float) -> System:
    own, shared = costs
    rows = Projection(
        name="rows",
        poll=0.1,
        rest=0.0,
        batch=batch,
        window=0.0,
        lanes=lanes,
        concurrency=WORKERS,
        own=own,
        target=shared,
    )
    write = Cost(0.0, 0.0)
    return System(rate=rate, size=2, write=write, stream_delay=_STREAM_DELAY, projections=(rows,))


def _drain_rate(costs: tuple[Cost, Cost], *, batch: int, lanes: int, events: int) -> float:
    system = _system(costs, batch=batch, lanes=lanes, rate=0)
    lag = simulate(system, seconds=1000, waiting=events).lag["rows"]
    assert lag is not None
    return events / lag.max


def _median_lag(costs: tuple[Cost, Cost], *, batch: int, lanes: int, rate: float) -> float:
    lag = simulate(_system(costs, batch=batch, lanes=lanes, rate=rate), seconds=5).lag["rows"]
    assert lag is not None
    return lag.p50


def worst(compared: Iterator[Compared] | Sequence[Compared]) -> Compared:
    """The prediction that is furthest off among those that were not given."""
    return max((one for one in compared if not one.given), key=lambda one: abs(one.off))
