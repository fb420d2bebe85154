"""The pump as a whole, over a stream in memory; follows "Using AWS Lambda with Amazon DynamoDB".

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.checkpoints import Checkpoints
from infra.local.stream_pump import (
    FailedBatch,
    InvocationError,
    Mapping,
    StreamPump,
    UnreadableCheckpointsError,
)
from tests.local.streams import (
    STREAM_ARN,
    FakeStreams,
    change,
    client_error,
    numbers,
    sequence,
)

Invoke = Callable[[dict[str, Any]], object]
StartPump = Callable[..., StreamPump]


@pytest.fixture
def streams() -> FakeStreams:
    return FakeStreams()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints.json"


@pytest.fixture
def start(streams: FakeStreams, path: Path) -> Iterator[StartPump]:
    pumps: list[StreamPump] = []

    def started(invoke: Invoke, *, on_failure: Any = None, **properties: Any) -> StreamPump:
        pump = StreamPump(
            Mapping("m", STREAM_ARN, **properties),
            streams=streams.client,
            invoke=invoke,
            checkpoints=path,
            on_failure=on_failure,
            backoff=lambda _: 0.001,
            poll_interval=0.005,
        )
        pumps.append(pump)
        pump.start()
        return pump

    yield started
    for pump in pumps:
        pump.stop()
    assert threads() == []


def threads() -> list[threading.Thread]:
    """The pump's threads that still run."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("m ")]


def position(path: Path, shard_id: str = "a") -> int | None:
    at = Checkpoints(path, stream_arn=STREAM_ARN).position(shard_id)
    return int(at) if at else None


class Recorder:
    """A function that handles everything, and the batches that it got."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def __call__(self, event: dict[str, Any]) -> None:
        self.batches.append(numbers(event))

    @property
    def handled(self) -> list[int]:
        return [number for batch in self.batches for number in batch]


def test_records_arrive_in_batches_in_order_from_the_oldest_on(
    streams: FakeStreams, start: StartPump, path: Path
) -> None:
    streams.add("a", *(change(n) for n in range(1, 251)))
    function = Recorder()
    pump = start(function, batch_size=100)
    assert pump.wait_idle(20)
    assert [len(batch) for batch in function.batches] == [100, 100, 50]
    assert function.handled == list(range(1, 251))
    assert position(path) == 250


def test_new_records_arrive_as_they_are_written(streams: FakeStreams, start: StartPump) -> None:
    streams.add("a")
    function = Recorder()
    pump = start(function)
    for number in range(1, 4):
        streams.add("a", change(number))
        assert pump.wait_idle(20)
    assert function.batches == [[1], [2], [3]]


def test_a_child_waits_until_its_parent_is_handled_to_the_end(
    streams: FakeStreams, start: StartPump
) -> None:
    """See "Change data capture for DynamoDB Streams": a parent shard before its children."""
    streams.add("a", change(1), change(2))
    streams.add("b", change(3), parent_id="a")
    streams.close("a")
    released, function = threading.Event(), Recorder()

    def held(event: dict[str, Any]) -> None:
        released.wait(20)
        function(event)

    pump = start(held, batch_size=1)
    assert not pump.wait_idle(0.3)
    assert function.handled == []
    released.set()
    assert pump.wait_idle(20)
    assert function.handled == [1, 2, 3]


def test_shards_without_a_common_line_are_read_at_the_same_time(
    streams: FakeStreams, start: StartPump
) -> None:
    streams.add("a", change(1))
    streams.add("b", change(2))
    together = threading.Barrier(2, timeout=20)
    pump = start(lambda _: together.wait())
    assert pump.wait_idle(20)


def test_a_shard_that_appears_later_is_read(streams: FakeStreams, start: StartPump) -> None:
    streams.add("a", change(1))
    function = Recorder()
    pump = start(function)
    assert pump.wait_idle(20)
    streams.add("b", change(2), parent_id="a")
    streams.add("c", change(3), parent_id="a")
    streams.close("a")
    assert pump.wait_idle(20)
    assert sorted(function.handled) == [1, 2, 3]


def test_a_pump_goes_on_where_the_last_one_stopped(
    streams: FakeStreams, start: StartPump, path: Path
) -> None:
    streams.add("a", change(1), change(2))
    first = start(Recorder())
    assert first.wait_idle(20)
    first.stop()
    streams.add("a", change(3))
    streams.add("b", change(4), parent_id="a")
    streams.close("a")
    second, third = Recorder(), Recorder()
    pump = start(second)
    assert pump.wait_idle(20)
    assert second.handled == [3, 4]
    pump.stop()
    assert start(third).wait_idle(20)
    assert third.handled == []
    assert Checkpoints(path, stream_arn=STREAM_ARN).ended() == {"a"}


def test_filtered_records_move_the_checkpoint_without_an_invocation(
    streams: FakeStreams, start: StartPump, path: Path
) -> None:
    """See "Handling records that don't meet filter criteria": the iterator advances past them."""
    streams.add("a", change(1), change(2, key="wanted"), change(3))
    wanted: dict[str, Any] = {"dynamodb": {"Keys": {"id": {"S": ["wanted"]}}}}
    never: dict[str, Any] = {"eventName": ["REMOVE"]}
    function = Recorder()
    assert start(function, filters=(never, wanted)).wait_idle(20)
    assert (function.batches, position(path)) == ([[2]], 3)


def test_what_is_given_up_goes_to_the_destination_and_the_shard_goes_on(
    streams: FakeStreams, start: StartPump, path: Path
) -> None:
    """See "Retain discarded records for a DynamoDB event source in Lambda"."""
    streams.add("a", *(change(n) for n in range(1, 5)))
    function, failed = Recorder(), list[FailedBatch]()

    def poisoned(event: dict[str, Any]) -> None:
        if 2 in numbers(event):
            raise InvocationError("poison")
        function(event)

    pump = start(poisoned, on_failure=failed.append, bisect=True, max_retries=1)
    assert pump.wait_idle(20)
    assert function.handled == [1, 3, 4]
    assert [numbers(batch.event) for batch in failed] == [[2]]
    assert failed[0].document["DDBStreamBatchInfo"]["shardId"] == "a"
    assert position(path) == 4


def test_without_a_destination_what_is_given_up_is_passed_over(
    streams: FakeStreams, start: StartPump, path: Path
) -> None:
    streams.add("a", change(1))

    def broken(_: dict[str, Any]) -> None:
        raise InvocationError("no")

    assert start(broken, max_retries=0).wait_idle(20)
    assert position(path) == 1


def test_a_reported_failure_keeps_the_checkpoint_at_the_record_before(
    streams: FakeStreams, start: StartPump, path: Path
) -> None:
    streams.add("a", *(change(n) for n in range(1, 4)))
    stuck = {"batchItemFailures": [{"itemIdentifier": sequence(3)}]}
    pump = start(lambda _: stuck, report_failures=True)
    assert not pump.wait_idle(0.4)
    pump.stop()
    assert position(path) == 2


def test_parallel_lanes_keep_an_items_order_and_hold_the_checkpoint(
    streams: FakeStreams, start: StartPump, path: Path
) -> None:
    """ParallelizationFactor: "in-order processing at the item (partition and sort key) level"."""
    streams.add("a", *(change(n, key=f"key-{n % 8}") for n in range(1, 41)))
    released, function = threading.Event(), Recorder()

    def first_one_hangs(event: dict[str, Any]) -> None:
        if 1 in numbers(event):
            released.wait(20)
        function(event)

    pump = start(first_one_hangs, parallelization=2, batch_size=1)
    deadline = time.monotonic() + 20
    while not function.handled and time.monotonic() < deadline:
        released.wait(0.01)
    assert function.handled, "the other lane runs"
    assert position(path) is None, "record 1 is not finished"
    released.set()
    assert pump.wait_idle(20)
    of_item: dict[int, list[int]] = defaultdict(list)
    for number in function.handled:
        of_item[number % 8].append(number)
    assert all(of_item[item] == sorted(of_item[item]) for item in of_item)
    assert sorted(function.handled) == list(range(1, 41))
    assert position(path) == 40


def test_reading_ahead_is_bounded(streams: FakeStreams, start: StartPump) -> None:
    streams.page_records = 10
    streams.add("a", *(change(n) for n in range(1, 1001)))
    released = threading.Event()
    pump = start(lambda _: released.wait(20), batch_size=10)
    assert not pump.wait_idle(0.3)
    assert streams.records_read <= 40
    released.set()
    assert pump.wait_idle(20)
    assert streams.records_read == 1000


def test_expired_iterators_are_renewed_without_a_gap(
    streams: FakeStreams, start: StartPump
) -> None:
    streams.add("a", change(1))
    function = Recorder()
    pump = start(function)
    assert pump.wait_idle(20)
    streams.expire_iterators()
    streams.add("a", change(2))
    assert pump.wait_idle(20)
    assert function.handled == [1, 2]


def test_an_engine_that_is_away_for_a_while_is_waited_for(
    streams: FakeStreams, start: StartPump
) -> None:
    streams.faults += [EndpointConnectionError(endpoint_url="x"), client_error("InternalFailure")]
    streams.add("a", change(1))
    function = Recorder()
    assert start(function).wait_idle(20)
    assert function.handled == [1]


def test_an_idle_pump_polls_no_faster_than_told(streams: FakeStreams, path: Path) -> None:
    streams.add("a")
    pump = StreamPump(
        Mapping("m", STREAM_ARN), streams=streams.client, invoke=Recorder(), checkpoints=path
    )
    pump.start()
    threading.Event().wait(0.55)
    pump.stop()
    assert 1 <= streams.polls <= 7


def test_a_stop_does_not_wait_for_retries(streams: FakeStreams, path: Path) -> None:
    streams.add("a", change(1))
    tried = threading.Event()

    def failing(_: dict[str, Any]) -> None:
        tried.set()
        raise InvocationError("no")

    pump = StreamPump(
        Mapping("m", STREAM_ARN),
        streams=streams.client,
        invoke=failing,
        checkpoints=path,
        backoff=lambda _: 3600,
    )
    pump.start()
    assert tried.wait(20)
    began = time.monotonic()
    pump.stop()
    assert time.monotonic() - began < 5
    assert (pump.error, position(path)) == (None, None)


def test_a_stop_waits_for_the_invocation_in_hand_and_keeps_its_checkpoint(
    streams: FakeStreams, start: StartPump, path: Path
) -> None:
    streams.add("a", change(1), change(2))
    begun = threading.Event()

    def slow(_: dict[str, Any]) -> None:
        begun.set()
        threading.Event().wait(0.2)

    pump = start(slow, batch_size=1)
    assert begun.wait(20)
    pump.stop()
    assert position(path) == 1


def test_a_fault_of_the_runner_ends_the_pump_and_says_why(
    streams: FakeStreams, start: StartPump, path: Path
) -> None:
    streams.add("a", change(1))
    streams.add("b", change(2))

    def broken(_: dict[str, Any]) -> None:
        raise KeyError("bug")

    pump = start(broken)
    with pytest.raises(RuntimeError, match="died"):
        pump.wait_idle(20)
    assert isinstance(pump.error, KeyError)
    deadline = time.monotonic() + 20
    while threads() and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert threads() == [], "they all end, also those of the other shard"
    assert position(path) is None


def test_a_stream_that_is_gone_ends_the_pump(streams: FakeStreams, start: StartPump) -> None:
    streams.faults.append(client_error("ResourceNotFoundException"))
    streams.add("a")
    with pytest.raises(RuntimeError, match="died"):
        start(Recorder()).wait_idle(20)


def test_an_unreadable_checkpoint_file_is_told_at_once(streams: FakeStreams, path: Path) -> None:
    path.write_text("{")
    with pytest.raises(UnreadableCheckpointsError):
        StreamPump(
            Mapping("m", STREAM_ARN), streams=streams.client, invoke=Recorder(), checkpoints=path
        )


@settings(max_examples=25)
@given(
    items=st.lists(st.sampled_from("abcde"), min_size=1, max_size=30),
    failing=st.dictionaries(st.integers(1, 30), st.integers(-1, 2), max_size=6),
    batch_size=st.integers(1, 7),
    parallelization=st.integers(1, 3),
    bisect=st.booleans(),
    report=st.booleans(),
    split_at=st.integers(0, 30),
)
def test_every_record_is_handled_or_discarded_and_an_items_order_is_kept(
    *,
    items: list[str],
    failing: dict[int, int],
    batch_size: int,
    parallelization: int,
    bisect: bool,
    report: bool,
    split_at: int,
) -> None:
    streams, failing, lock = FakeStreams(page_records=5), dict(failing), threading.Lock()
    changes = [change(n, key=key) for n, key in enumerate(items, start=1)]
    streams.add("a", *changes[:split_at])
    streams.add("b", *changes[split_at:], parent_id="a")
    streams.close("a")
    done: list[int] = []

    def function(event: dict[str, Any]) -> object:
        with lock:
            batch = numbers(event)
            bad = [number for number in batch if failing.get(number)]
            if not bad:
                done.extend(batch)
                return None
            failing[bad[0]] -= 1
            if not report:
                raise InvocationError("it raised")
            done.extend(batch[: batch.index(bad[0])])
            return {"batchItemFailures": [{"itemIdentifier": sequence(bad[0])}]}

    def on_failure(failed: FailedBatch) -> None:
        with lock:
            done.extend(numbers(failed.event))

    with TemporaryDirectory() as folder:
        pump = StreamPump(
            Mapping(
                "m",
                STREAM_ARN,
                batch_size=batch_size,
                parallelization=parallelization,
                bisect=bisect,
                report_failures=report,
                max_retries=1,
            ),
            streams=streams.client,
            invoke=function,
            on_failure=on_failure,
            checkpoints=Path(folder) / "checkpoints.json",
            backoff=lambda _: 0,
            poll_interval=0.002,
        )
        pump.start()
        assert pump.wait_idle(10)
        pump.stop()
    assert sorted(done) == list(range(1, len(items) + 1))
    for key in set(items):
        of_item = [number for number in done if items[number - 1] == key]
        assert of_item == sorted(of_item)
