"""The model against the pump that feeds the local projectors, in a case of known batches."""

import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from infra.local.stream_pump import Mapping, StreamPump
from tests.local.streams import STREAM_ARN, FakeStreams, change
from tests.scale.simulation import simulate
from tests.scale.system import Cost, Projection, System

EVENTS = 2_400
COST = 1.0
"""Seconds of an invocation in the model: reading is nothing beside it."""


@pytest.mark.parametrize("lanes", [1, 4])
def test_the_model_drains_a_stream_in_as_many_turns_as_the_pump(lanes: int, tmp_path: Path) -> None:
    cost = Cost(COST, 0.0)
    fed = Projection(name="fed", batch=20, window=0, poll=0.02, rest=0, lanes=lanes, own=cost)
    system = System(rate=0, write=cost, projections=(fed,))
    lag = simulate(system, seconds=1_000, waiting=EVENTS).lag["fed"]
    assert lag is not None
    assert lag.count == EVENTS
    assert lag.max / COST == pytest.approx(_turns(fed, tmp_path), rel=0.1)


def _turns(fed: Projection, folder: Path) -> int:
    """Invocations of the pump's busiest lane: counted, as a clock tells little here."""
    streams = FakeStreams()
    streams.add("shard", *(change(number) for number in range(EVENTS)))
    turns: Counter[int] = Counter()

    def invoke(event: dict[str, Any]) -> object:
        turns[threading.get_ident()] += 1
        return {"batchItemFailures": []}

    mapping = Mapping("fed", STREAM_ARN, batch_size=fed.batch, parallelization=fed.lanes)
    checkpoints = folder / "checkpoints.json"
    pump = StreamPump(mapping, streams=streams.client, invoke=invoke, checkpoints=checkpoints)
    pump.start()
    assert pump.wait_idle(60)
    pump.stop()
    return max(turns.values())
