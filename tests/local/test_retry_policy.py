"""What follows a failed invocation; follows "Configuring partial batch response with DynamoDB and
Lambda" and "Retain discarded records for a DynamoDB event source in Lambda".

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.event_source_mapping import Mapping
from infra.local.retry_policy import Attempt, Verdict, first_failure, judge
from tests.local.streams import STREAM_ARN, a_record, sequence

RECORDS = tuple(a_record(n) for n in (10, 20, 30, 40))


def mapping(**settings: Any) -> Mapping:
    return Mapping("m", STREAM_ARN, report_failures=True, **settings)


def failing(*identifiers: object) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": one} for one in identifiers]}


@pytest.mark.parametrize(
    "response",
    [None, {}, {"batchItemFailures": None}, {"batchItemFailures": []}, {"statusCode": 200}],
)
def test_complete_success(response: object) -> None:
    """See "Success and failure conditions": empty or null response, empty or null list."""
    assert first_failure(response, RECORDS) is None


@pytest.mark.parametrize(
    "response",
    [
        failing(""),
        failing(None),
        failing(20),
        failing(sequence(99)),
        failing(sequence(20), sequence(99)),
        failing(["x"]),
        {"batchItemFailures": [{"bad-key": sequence(20)}]},
        {"batchItemFailures": [sequence(20)]},
        {"batchItemFailures": {}},
        {"batchItemFailures": "x"},
        {"batchItemFailures": False},
        "done",
        [],
        0,
    ],
)
def test_complete_failure(response: object) -> None:
    """See "Success and failure conditions": empty, null or unknown identifier, bad key name."""
    assert first_failure(response, RECORDS) == 0


@pytest.mark.parametrize(
    ("identifiers", "place"), [((10,), 0), ((30,), 2), ((40, 20, 30), 1), ((40, 40), 3)]
)
def test_the_lowest_sequence_number_is_the_checkpoint(
    identifiers: tuple[int, ...], place: int
) -> None:
    """The note of "Report syntax"."""
    assert first_failure(failing(*map(sequence, identifiers)), RECORDS) == place


def test_records_before_the_checkpoint_are_handled_and_the_rest_is_retried() -> None:
    assert judge(Attempt(RECORDS), 2, mapping()) == Verdict(
        RECORDS[:2], again=(Attempt(RECORDS[2:], failures=1),)
    )


def test_with_bisect_a_partial_success_splits_at_the_returned_sequence_number() -> None:
    """See "Bisecting a batch": only the remaining records are retried; splitting uses no retry."""
    verdict = judge(Attempt(RECORDS, failures=1), 3, mapping(bisect=True, max_retries=1))
    assert verdict == Verdict(RECORDS[:3], again=(Attempt(RECORDS[3:], failures=1),))


def test_with_bisect_a_complete_failure_splits_in_two_without_using_a_retry() -> None:
    """See "…splits a failed batch into two smaller batches… doesn't consume the retry quota"."""
    verdict = judge(Attempt(RECORDS), 0, mapping(bisect=True, max_retries=0))
    assert verdict == Verdict(again=(Attempt(RECORDS[:2]), Attempt(RECORDS[2:])))


def test_a_single_record_cannot_be_split_and_uses_its_retries() -> None:
    alone = RECORDS[:1]
    settings = mapping(bisect=True, max_retries=1)
    first = judge(Attempt(alone), 0, settings)
    assert first == Verdict(again=(Attempt(alone, failures=1),))
    assert judge(first.again[0], 0, settings) == Verdict(exhausted=Attempt(alone, failures=2))


def test_after_the_last_retry_what_failed_is_given_up() -> None:
    verdict = judge(Attempt(RECORDS, failures=2), 1, mapping(max_retries=2))
    assert verdict == Verdict(RECORDS[:1], exhausted=Attempt(RECORDS[1:], failures=3))


def test_without_a_limit_nothing_is_given_up() -> None:
    verdict = judge(Attempt(RECORDS, failures=10**6), 0, mapping())
    assert verdict == Verdict(again=(Attempt(RECORDS, failures=10**6 + 1),))


@given(
    size=st.integers(1, 9),
    place=st.integers(0, 8),
    failures=st.integers(0, 3),
    bisect=st.booleans(),
    max_retries=st.integers(-1, 3),
)
def test_a_verdict_accounts_for_each_record_once_and_in_order(
    *, size: int, place: int, failures: int, bisect: bool, max_retries: int
) -> None:
    records = tuple(a_record(n) for n in range(size))
    settings = mapping(bisect=bisect, max_retries=max_retries)
    verdict = judge(Attempt(records, failures), min(place, size - 1), settings)
    tried = tuple(record for attempt in verdict.again for record in attempt.records)
    given_up = verdict.exhausted.records if verdict.exhausted else ()
    assert verdict.handled + tried + given_up == records
    assert all(attempt.records for attempt in verdict.again)
