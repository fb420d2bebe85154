"""A batch's way to its end; follows "Retain discarded records for a DynamoDB event source in
Lambda" and "Configuring partial batch response with DynamoDB and Lambda".

https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.batch_delivery import (
    TIMESTAMP_GRAIN,
    BatchDelivery,
    InvocationError,
    short_backoff,
)
from infra.local.event_source_mapping import Mapping
from infra.local.failed_batch import FailedBatch
from infra.local.stream_records import StreamRecord
from tests.local.streams import STREAM_ARN, WRITTEN_AT, a_record, numbers, sequence

NOW = WRITTEN_AT.timestamp()


@dataclass
class Run:
    """A delivery with a function that fails on given records, and all that came of it."""

    mapping: Mapping
    failing: dict[int, int] = field(default_factory=dict)
    """How often the record with that number fails before it is handled; -1: always."""
    now: float = NOW
    invoked: list[list[int]] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    discarded: list[FailedBatch] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def deliver(self, *records: StreamRecord | int, **replaced: Any) -> None:
        parts: dict[str, Any] = {
            "invoke": self.function,
            "on_failure": self.discarded.append,
            "backoff": self.pause,
        }
        delivery = BatchDelivery(
            mapping=self.mapping,
            shard_id="shard",
            finished=self.finish,
            clock=lambda: self.now,
            stopping=self.stopping,
            **(parts | replaced),
        )
        delivery.deliver([a_record(one) if isinstance(one, int) else one for one in records])

    def function(self, event: dict[str, Any]) -> dict[str, Any]:
        batch = numbers(event)
        self.invoked.append(batch)
        bad = [number for number in batch if self.failing.get(number)]
        if not bad:
            return {"batchItemFailures": []}
        self.failing[bad[0]] -= 1
        if not self.mapping.report_failures:
            raise InvocationError("it raised")
        return {"batchItemFailures": [{"itemIdentifier": sequence(number)} for number in bad]}

    def finish(self, records: Sequence[StreamRecord]) -> None:
        self.finished += [int(record.sequence_number) for record in records]

    def pause(self, retry: int) -> float:
        self.pauses.append(retry)
        return 0

    @property
    def given_up(self) -> list[tuple[str, list[int]]]:
        """Condition and records of each discarded batch."""
        return [
            (failed.document["requestContext"]["condition"], numbers(failed.event))
            for failed in self.discarded
        ]


def run(failing: dict[int, int] | None = None, **settings: Any) -> Run:
    return Run(Mapping("m", STREAM_ARN, **settings), failing or {})


def test_a_handled_batch_is_invoked_once() -> None:
    one = run()
    one.deliver(1, 2, 3)
    assert (one.invoked, one.finished) == ([[1, 2, 3]], [1, 2, 3])


def test_a_function_error_retries_the_whole_batch_until_it_succeeds() -> None:
    """The default: infinite retries."""
    one = run({2: 12})
    one.deliver(1, 2, 3)
    assert (one.invoked, one.finished) == ([[1, 2, 3]] * 13, [1, 2, 3])
    assert one.pauses == list(range(1, 13))


def test_after_the_last_retry_the_batch_goes_to_the_destination() -> None:
    """MaximumRetryAttempts: see "During invocation"."""
    one = run({2: -1}, max_retries=2)
    one.deliver(1, 2, 3)
    assert one.invoked == [[1, 2, 3]] * 3
    assert one.given_up == [("RetryAttemptsExhausted", [1, 2, 3])]
    assert one.finished == [1, 2, 3]


def test_bisect_isolates_the_bad_record() -> None:
    one = run({3: -1}, bisect=True, max_retries=1)
    one.deliver(1, 2, 3, 4)
    assert one.invoked == [[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [4]]
    assert one.given_up == [("RetryAttemptsExhausted", [3])]
    assert one.finished == [1, 2, 3, 4]


def test_a_reported_failure_retries_from_there_on() -> None:
    one = run({2: 1}, report_failures=True)
    one.deliver(1, 2, 3)
    assert (one.invoked, one.finished) == ([[1, 2, 3], [2, 3]], [1, 2, 3])


def test_without_bisect_the_rest_of_the_batch_is_given_up_with_the_bad_record() -> None:
    one = run({2: -1}, report_failures=True, max_retries=1)
    one.deliver(1, 2, 3)
    assert one.invoked == [[1, 2, 3], [2, 3]]
    assert one.given_up == [("RetryAttemptsExhausted", [2, 3])]


def test_bisect_and_reported_failures_lose_no_neighbour() -> None:
    one = run({2: -1}, report_failures=True, bisect=True, max_retries=0)
    one.deliver(1, 2, 3)
    assert one.invoked == [[1, 2, 3], [2, 3], [2], [3]]
    assert one.given_up == [("RetryAttemptsExhausted", [2])]


def test_a_function_error_bisects_though_failures_could_have_been_reported() -> None:
    """See "Bisecting a batch": bisected "regardless of your ReportBatchItemFailures setting"."""
    one = run(report_failures=True, bisect=True, max_retries=0)

    def raising(event: dict[str, Any]) -> object:
        if 2 in numbers(event):
            one.invoked.append(numbers(event))
            raise InvocationError("it raised")
        return one.function(event)

    one.deliver(1, 2, 3, 4, invoke=raising)
    assert one.invoked == [[1, 2, 3, 4], [1, 2], [1], [2], [3, 4]]
    assert one.given_up == [("RetryAttemptsExhausted", [2])]


def test_a_response_counts_only_where_failures_are_reported() -> None:
    """The note of "…partial batch response…": without the setting it is not looked at."""
    one = run()
    one.deliver(1, invoke=lambda _: {"batchItemFailures": [{"itemIdentifier": sequence(1)}]})
    assert one.finished == [1]


def test_throttling_uses_up_no_retry_and_bisects_nothing() -> None:
    """See "Before invocation": retried until the records expire or are too old."""
    one = run(max_retries=0, bisect=True)
    answers: list[bool] = [True] * 5

    def invoke(event: dict[str, Any]) -> object:
        if answers and answers.pop():
            raise InvocationError("rate exceeded", throttled=True)
        return one.function(event)

    one.deliver(1, 2, invoke=invoke)
    assert (one.invoked, one.finished, one.given_up) == ([[1, 2]], [1, 2], [])


def test_records_that_are_too_old_go_to_the_destination_uninvoked() -> None:
    """MaximumRecordAgeInSeconds: see "Before invocation"."""
    one = run(max_age=60)
    one.now = NOW + 60 + TIMESTAMP_GRAIN + 1
    one.deliver(1, 2)
    assert (one.invoked, one.finished) == ([], [1, 2])
    assert one.given_up == [("RecordAgeExceeded", [1, 2])]


def test_a_record_is_not_too_old_while_its_truncated_timestamp_leaves_a_doubt() -> None:
    one = run(max_age=60)
    one.now = NOW + 60 + TIMESTAMP_GRAIN
    one.deliver(1)
    assert (one.invoked, one.given_up) == ([[1]], [])


def test_retries_end_when_the_records_are_too_old() -> None:
    """MaximumRecordAgeInSeconds: see "During invocation"."""
    one = run({1: -1}, max_age=60)

    def aging(retry: int) -> float:
        one.now += 50
        return 0

    one.deliver(1, backoff=aging)
    assert one.given_up == [("RecordAgeExceeded", [1])]
    assert len(one.invoked) == 3


def test_only_the_expired_records_of_a_batch_are_given_up() -> None:
    one = run(max_age=60)
    one.now = NOW + 60 + TIMESTAMP_GRAIN + 1
    one.deliver(1, replace(a_record(2), created=one.now))
    assert one.given_up == [("RecordAgeExceeded", [1])]
    assert (one.invoked, one.finished) == ([[2]], [1, 2])


def test_a_destination_that_refuses_is_asked_until_it_takes_the_records() -> None:
    one = run({1: -1}, max_retries=0)
    refusals: list[Exception] = [OSError("down"), OSError("down")]

    def on_failure(failed: FailedBatch) -> None:
        if refusals:
            raise refusals.pop()
        one.discarded.append(failed)

    one.deliver(1, on_failure=on_failure)
    assert one.given_up == [("RetryAttemptsExhausted", [1])]
    assert one.finished == [1]


def test_a_stop_leaves_what_is_not_handled_unfinished() -> None:
    def stopping_destination(one: Run) -> Callable[[FailedBatch], None]:
        def refuse(_: FailedBatch) -> None:
            one.stopping.set()
            raise OSError("down")

        return refuse

    one = run({2: -1}, bisect=True, max_retries=0)
    one.deliver(1, 2, 3, 4, on_failure=stopping_destination(one))
    assert one.finished == [1]


def test_a_fault_of_the_runner_is_not_taken_for_a_function_error() -> None:
    def broken(_: dict[str, Any]) -> object:
        raise KeyError("bug")

    one = run()
    with pytest.raises(KeyError):
        one.deliver(1, invoke=broken)
    assert one.finished == []


def test_a_retry_delivers_the_records_unchanged() -> None:
    one = run({1: 1})

    def spoiling(event: dict[str, Any]) -> object:
        try:
            return one.function(event)
        finally:
            event["Records"].clear()

    one.deliver(1, 2, invoke=spoiling)
    assert one.invoked == [[1, 2], [1, 2]]


def test_the_back_off_grows_to_a_bound() -> None:
    assert [short_backoff(n) for n in (1, 2, 6, 10**6)] == [0.1, 0.2, 3.2, 3.2]


@given(
    size=st.integers(1, 12),
    failing=st.dictionaries(st.integers(0, 11), st.integers(-1, 3)),
    bisect=st.booleans(),
    report=st.booleans(),
    max_retries=st.integers(0, 3),
)
def test_every_record_is_handled_or_discarded_once_and_in_order(
    *, size: int, failing: dict[int, int], bisect: bool, report: bool, max_retries: int
) -> None:
    one = run(dict(failing), bisect=bisect, report_failures=report, max_retries=max_retries)
    one.deliver(*range(size))
    assert one.finished == list(range(size))
    given_up = Counter(number for _, batch in one.given_up for number in batch)
    assert set(given_up.values()) <= {1}
    if bisect:
        # A record that never fails is never lost to its neighbours.
        assert all(failing.get(number) for number in given_up)
        always = {number for number in range(size) if failing.get(number) == -1}
        assert always <= given_up.keys()


@given(
    size=st.integers(1, 12),
    failing=st.dictionaries(st.integers(0, 11), st.integers(0, 4)),
    bisect=st.booleans(),
    report=st.booleans(),
)
def test_with_infinite_retries_all_is_handled_in_the_end(
    *, size: int, failing: dict[int, int], bisect: bool, report: bool
) -> None:
    one = run(dict(failing), bisect=bisect, report_failures=report)
    one.deliver(*range(size))
    assert (one.finished, one.discarded) == (list(range(size)), [])
    assert {number for batch in one.invoked for number in batch} == set(range(size))
