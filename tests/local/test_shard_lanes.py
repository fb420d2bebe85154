"""Batches of a lane; follows "Batching behavior" of "How Lambda processes records from stream and
queue-based event sources" and ParallelizationFactor of "Using AWS Lambda with Amazon DynamoDB".

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

import threading
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from infra.local.event_source_mapping import Mapping
from infra.local.shard_lanes import Lane, lane_of
from infra.local.stream_records import StreamRecord
from tests.local.streams import STREAM_ARN, a_record

RECORDS = [a_record(n) for n in range(6)]


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def lane(clock: Clock | None = None, **settings: Any) -> Lane:
    mapping = Mapping("m", STREAM_ARN, **settings)
    return Lane(mapping, clock=clock) if clock else Lane(mapping)


def test_without_a_window_what_is_there_goes_at_once() -> None:
    one = lane(batch_size=4)
    one.put(RECORDS)
    assert [one.take(), one.take()] == [tuple(RECORDS[:4]), tuple(RECORDS[4:])]


def test_a_full_batch_does_not_wait_for_the_window() -> None:
    one = lane(Clock(), batch_size=2, batching_window=300)
    one.put(RECORDS[:2])
    assert one.take() == tuple(RECORDS[:2])


def test_a_batch_that_is_not_full_waits_for_the_window() -> None:
    """The next window "begins as soon as the previous function invocation completes"."""
    clock = Clock()
    one = lane(clock, batch_size=3, batching_window=300)
    one.put(RECORDS[:2])
    taken: list[tuple[StreamRecord, ...]] = []
    taker = threading.Thread(target=lambda: taken.append(one.take()))
    taker.start()
    taker.join(0.05)
    assert taken == []
    clock.now += 300
    one.put([])  # wakes it, as time alone would
    taker.join(5)
    assert taken == [tuple(RECORDS[:2])]


def test_a_window_ends_by_itself() -> None:
    one = lane(batch_size=3, batching_window=0.02)
    one.put(RECORDS[:1])
    assert one.take() == tuple(RECORDS[:1])


def test_a_closed_lane_gives_what_waits_without_the_window_and_then_ends() -> None:
    one = lane(Clock(), batch_size=2, batching_window=300)
    one.put(RECORDS[:3])
    one.close(drop=False)
    assert [one.take() for _ in range(3)] == [tuple(RECORDS[:2]), tuple(RECORDS[2:3]), ()]


def test_a_dropped_lane_ends_at_once() -> None:
    one = lane(Clock(), batching_window=300)
    one.put(RECORDS)
    one.close(drop=True)
    assert one.take() == ()


def test_a_taker_that_waits_is_woken_by_the_end() -> None:
    one = lane()
    taken: list[tuple[StreamRecord, ...]] = []
    taker = threading.Thread(target=lambda: taken.append(one.take()))
    taker.start()
    one.close(drop=True)
    taker.join(5)
    assert taken == [()]


@given(st.text(), st.integers(1, 10))
def test_an_item_stays_in_its_lane(item_key: str, lanes: int) -> None:
    assert lane_of(item_key, lanes) == lane_of(item_key, lanes)
    assert 0 <= lane_of(item_key, lanes) < lanes


def test_items_are_spread_over_all_lanes() -> None:
    assert {lane_of(str(n), 10) for n in range(200)} == set(range(10))
