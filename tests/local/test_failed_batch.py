"""The S3 on-failure object; follows "Example Amazon S3 invocation record" of "Retain discarded
records for a DynamoDB event source in Lambda".

https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
import re

from infra.local.event_source_mapping import Mapping
from infra.local.failed_batch import Condition, FailedBatch, describe
from infra.local.retry_policy import Attempt
from tests.local.streams import STREAM_ARN, a_record

MAPPING = Mapping("m", STREAM_ARN, function_name="ByType")
RECORDS = (a_record(1), a_record(2))
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
NOW = 1795428005.0625


def failed(attempt: Attempt) -> FailedBatch:
    condition: Condition = "RetryAttemptsExhausted" if attempt.failures else "RecordAgeExceeded"
    return describe(attempt, condition=condition, mapping=MAPPING, shard_id="shardId-1", now=NOW)


def test_the_document_has_lambdas_layout() -> None:
    document = json.loads(failed(Attempt(RECORDS, 3, "Unhandled")).body)
    assert re.fullmatch(UUID, document["requestContext"].pop("requestId"))
    assert json.loads(document.pop("payload")) == {"Records": [one.event for one in RECORDS]}
    assert document == {
        "requestContext": {
            "functionArn": "arn:aws:lambda:eu-central-1:123456789012:function:ByType",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 3,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": "2026-11-23T10:00:05.062Z",
        "DDBStreamBatchInfo": {
            "shardId": "shardId-1",
            "startSequenceNumber": "000000000000000000001",
            "endSequenceNumber": "000000000000000000002",
            "approximateArrivalOfFirstRecord": "2026-11-23T10:00:00Z",
            "approximateArrivalOfLastRecord": "2026-11-23T10:00:00Z",
            "batchSize": 2,
            "streamArn": STREAM_ARN,
        },
    }


def test_a_reported_failure_is_no_function_error() -> None:
    assert failed(Attempt(RECORDS, 1)).document["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
    }


def test_records_that_were_never_sent_have_no_response() -> None:
    assert "responseContext" not in failed(Attempt(RECORDS)).document


def test_the_key_follows_lambdas_naming_convention() -> None:
    folder = f"aws/lambda/{MAPPING.uuid}/shardId-1/2026/11/23"
    pattern = f"{re.escape(folder)}/2026-11-23T10\\.00\\.05-{UUID}"
    assert re.fullmatch(pattern, failed(Attempt(RECORDS)).key)


def test_every_object_has_its_own_key() -> None:
    assert failed(Attempt(RECORDS)).key != failed(Attempt(RECORDS)).key
