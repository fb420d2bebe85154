"""The event that a function gets; follows "Using AWS Lambda with Amazon DynamoDB" and "Batching
behavior" of "How Lambda processes records from stream and queue-based event sources".

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
"""

import json
from typing import Any

import pytest

from infra.local import stream_records
from infra.local.stream_records import StreamRecord, event_text, fitting
from tests.local.streams import STREAM_ARN, WRITTEN_AT, a_record, change


def test_a_record_has_lambdas_shape() -> None:
    assert a_record(7).event == {
        "eventID": "event-7",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": WRITTEN_AT.timestamp(),
            "Keys": {"id": {"S": "item-7"}},
            "NewImage": {"id": {"S": "item-7"}, "n": {"N": "7"}},
            "SequenceNumber": "000000000000000000007",
            "SizeBytes": 26,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": STREAM_ARN,
    }


def test_binary_values_are_base64_text_at_any_depth() -> None:
    raw = change(1)
    raw["dynamodb"]["NewImage"] = {
        "b": {"B": b"\x00\xff"},
        "set": {"BS": [b"1", b"2"]},
        "deep": {"L": [{"M": {"b": {"B": b"\x00\xff"}}}]},
    }
    assert StreamRecord.read(raw, stream_arn=STREAM_ARN).event["dynamodb"]["NewImage"] == {
        "b": {"B": "AP8="},
        "set": {"BS": ["MQ==", "Mg=="]},
        "deep": {"L": [{"M": {"b": {"B": "AP8="}}}]},
    }


def test_a_deletion_by_ttl_names_the_service_as_lambda_spells_it() -> None:
    raw = change(1)
    raw["userIdentity"] = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    event = StreamRecord.read(raw, stream_arn=STREAM_ARN).event
    assert event["userIdentity"] == {"principalId": "dynamodb.amazonaws.com", "type": "Service"}


def test_records_of_one_item_share_their_key_whatever_the_order_of_attributes() -> None:
    one, other = change(1), change(2)
    one["dynamodb"]["Keys"] = {"pk": {"S": "a"}, "sk": {"B": b"b"}}
    other["dynamodb"]["Keys"] = {"sk": {"B": b"b"}, "pk": {"S": "a"}}
    keys = {StreamRecord.read(raw, stream_arn=STREAM_ARN).item_key for raw in (one, other)}
    assert len(keys) == 1


def test_the_event_text_is_the_json_of_the_records() -> None:
    records = [a_record(1), a_record(2)]
    expected: dict[str, Any] = {"Records": [record.event for record in records]}
    assert json.loads(event_text(records)) == expected


@pytest.mark.parametrize(
    ("waiting", "expected"), [(0, (0, False)), (2, (2, False)), (3, (3, True)), (5, (3, True))]
)
def test_a_batch_is_full_at_the_batch_size(waiting: int, expected: tuple[int, bool]) -> None:
    assert fitting([a_record(n) for n in range(waiting)], 3) == expected


@pytest.mark.parametrize("spare", [0, 1])
def test_a_batch_is_full_at_the_payload_limit(spare: int, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [a_record(n) for n in range(1, 6)]
    limit = len(event_text(records[:3]).encode()) + spare
    monkeypatch.setattr(stream_records, "PAYLOAD_LIMIT", limit)
    assert fitting(records, 100) == (3, True)


def test_a_record_above_the_payload_limit_goes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_records, "PAYLOAD_LIMIT", 10)
    assert fitting([a_record(1), a_record(2)], 100) == (1, True)
