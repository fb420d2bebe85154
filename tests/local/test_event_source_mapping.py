"""Follows "Lambda parameters for Amazon DynamoDB event source mappings".

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
"""

import json
from typing import Any

import pytest

from infra.local.event_filter import PatternError
from infra.local.event_source_mapping import Mapping
from tests.local.streams import STREAM_ARN

LEAST = {"EventSourceArn": STREAM_ARN, "FunctionName": "ByType", "StartingPosition": "TRIM_HORIZON"}


def test_what_is_not_given_has_lambdas_defaults() -> None:
    expected = Mapping("m", STREAM_ARN, batch_size=100, max_retries=-1, function_name="ByType")
    assert Mapping.from_properties("m", LEAST) == expected


def test_every_property_is_taken_over() -> None:
    pattern = {"dynamodb": {"NewImage": {"type": {"S": ["order.placed"]}}}}
    properties = {
        **LEAST,
        "BatchSize": 250,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::failed"}},
        "Enabled": False,
        "FilterCriteria": {"Filters": [{"Pattern": json.dumps(pattern)}]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumBatchingWindowInSeconds": 2,
        "MaximumRecordAgeInSeconds": 3600,
        "MaximumRetryAttempts": 4,
        "ParallelizationFactor": 3,
        "Tags": [{"Key": "team", "Value": "log"}],
    }
    assert Mapping.from_properties("m", properties) == Mapping(
        name="m",
        stream_arn=STREAM_ARN,
        batch_size=250,
        batching_window=2,
        bisect=True,
        report_failures=True,
        max_retries=4,
        max_age=3600,
        parallelization=3,
        filters=(pattern,),
        function_name="ByType",
        on_failure_arn="arn:aws:s3:::failed",
        enabled=False,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"BatchSize": 0},
        {"BatchSize": 10_001},
        {"ParallelizationFactor": 11},
        {"MaximumRecordAgeInSeconds": 59},
        {"MaximumRecordAgeInSeconds": 604_801},
        {"MaximumRetryAttempts": -2},
        {"MaximumBatchingWindowInSeconds": 301},
        {"FunctionResponseTypes": ["Other"]},
        {"TumblingWindowInSeconds": 30},
    ],
)
def test_what_lambda_refuses_or_the_pump_cannot_do_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"at least|validation error"):
        Mapping.from_properties("m", {**LEAST, **wrong})


def test_latest_is_refused_because_it_skips_records() -> None:
    """See "Polling and stream starting positions" of "Using AWS Lambda with Amazon DynamoDB"."""
    with pytest.raises(ValueError, match="skips records"):
        Mapping.from_properties("m", {**LEAST, "StartingPosition": "LATEST"})


@pytest.mark.parametrize("pattern", ["[]", '{"a": "b"}', '{"a": [{"cidr": "10.0.0.0/8"}]}'])
def test_a_pattern_that_lambda_refuses_is_refused(pattern: str) -> None:
    criteria = {"FilterCriteria": {"Filters": [{"Pattern": pattern}]}}
    with pytest.raises(PatternError):
        Mapping.from_properties("m", {**LEAST, **criteria})


def test_a_name_given_twice_in_a_pattern_means_both() -> None:
    """See "Filtering with Boolean expressions" of "…filtering with a DynamoDB event source"."""
    pattern = '{"dynamodb": {"NewImage": {"a": [1]}}, "dynamodb": {"OldImage": {"a": [2]}}}'
    criteria = {"FilterCriteria": {"Filters": [{"Pattern": pattern}]}}
    mapping = Mapping.from_properties("m", {**LEAST, **criteria})
    assert mapping.filters == ({"dynamodb": {"NewImage": {"a": [1]}, "OldImage": {"a": [2]}}},)


def test_the_function_arn_lies_beside_the_stream() -> None:
    expected = "arn:aws:lambda:eu-central-1:123456789012:function:ByType"
    assert Mapping.from_properties("m", LEAST).function_arn == expected
    given = "arn:aws:lambda:us-east-1:1:function:F"
    assert Mapping("m", STREAM_ARN, function_name=given).function_arn == given


def test_a_mapping_keeps_its_uuid() -> None:
    assert Mapping("m", STREAM_ARN).uuid == Mapping("m", STREAM_ARN, batch_size=1).uuid
    assert Mapping("m", STREAM_ARN).uuid != Mapping("n", STREAM_ARN).uuid
