"""A DynamoDB stream in memory: shards close, split and are trimmed, iterators expire."""

# ruff: noqa: N803  # the arguments are named as the service names them

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from infra.local.stream_records import StreamRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_dynamodbstreams.type_defs import RecordTypeDef

STREAM_ARN = (
    "arn:aws:dynamodb:eu-central-1:123456789012:table/events/stream/2026-11-23T10:00:00.000"
)
WRITTEN_AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def sequence(number: int) -> str:
    return f"{number:021}"


def change(number: int, *, key: str = "") -> "RecordTypeDef":
    """A change as GetRecords returns it; `number` orders it, `key` names its item."""
    keys: dict[str, Any] = {"id": {"S": key or f"item-{number}"}}
    return {
        "eventID": f"event-{number}",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": WRITTEN_AT,
            "Keys": keys,
            "NewImage": {**keys, "n": {"N": str(number)}},
            "SequenceNumber": sequence(number),
            "SizeBytes": 26,
            "StreamViewType": "NEW_IMAGE",
        },
    }


def a_record(number: int, *, key: str = "") -> StreamRecord:
    return StreamRecord.read(change(number, key=key), stream_arn=STREAM_ARN)


def numbers(event: dict[str, Any]) -> list[int]:
    """The numbers of the changes in an event that a function got."""
    return [int(record["dynamodb"]["SequenceNumber"]) for record in event["Records"]]


class ExpiredIteratorException(ClientError):  # noqa: N818  # named as the service names it
    pass


class TrimmedDataAccessException(ClientError):  # noqa: N818
    pass


@dataclass
class FakeShard:
    parent_id: str | None = None
    changes: list["RecordTypeDef"] = field(default_factory=list)
    trimmed: int = 0
    closed: bool = False


class FakeStreams:
    """The three calls of a DynamoDBStreamsClient that the pump makes."""

    class exceptions:  # noqa: N801  # the name of botocore
        ExpiredIteratorException = ExpiredIteratorException
        TrimmedDataAccessException = TrimmedDataAccessException

    def __init__(self, *, page_records: int = 1000, page_shards: int = 2) -> None:
        self.shards: dict[str, FakeShard] = {}
        self.faults: list[Exception] = []
        self.page_records = page_records
        self.polls = 0
        self.records_read = 0
        self._page_shards = page_shards
        self._valid_from = 0
        self._iterators = 0
        self._lock = threading.RLock()

    @property
    def client(self) -> "DynamoDBStreamsClient":
        return cast("DynamoDBStreamsClient", self)

    def add(self, shard_id: str, *records: "RecordTypeDef", parent_id: str | None = None) -> None:
        """Write to a shard, which is made when it is not there."""
        with self._lock:
            self.shards.setdefault(shard_id, FakeShard(parent_id)).changes.extend(records)

    def close(self, shard_id: str) -> None:
        self.shards[shard_id].closed = True

    def expire_iterators(self) -> None:
        self._valid_from = self._iterators

    def describe_stream(
        self,
        *,
        StreamArn: str,
        ExclusiveStartShardId: str = "",
    ) -> dict[str, Any]:
        ids = sorted(self.shards)
        rest = [shard_id for shard_id in ids if shard_id > ExclusiveStartShardId]
        page = [self._described(shard_id) for shard_id in rest[: self._page_shards]]
        more = len(rest) > self._page_shards
        last = {"LastEvaluatedShardId": page[-1]["ShardId"]} if more else {}
        return {"StreamDescription": {"Shards": page, **last}}

    def get_shard_iterator(
        self,
        *,
        StreamArn: str,
        ShardId: str,
        ShardIteratorType: str,
        SequenceNumber: str = "",
    ) -> dict[str, str]:
        shard = self.shards[ShardId]
        if ShardIteratorType == "TRIM_HORIZON":
            return {"ShardIterator": self._iterator(ShardId, shard.trimmed)}
        assert ShardIteratorType == "AFTER_SEQUENCE_NUMBER"
        before = [one for one in shard.changes if _number(one) <= SequenceNumber]
        if len(before) < shard.trimmed:
            raise TrimmedDataAccessException(_error("TrimmedDataAccessException"), "")
        return {"ShardIterator": self._iterator(ShardId, len(before))}

    def get_records(self, *, ShardIterator: str, Limit: int) -> dict[str, Any]:
        with self._lock:
            self.polls += 1
            if self.faults:
                raise self.faults.pop(0)
            shard_id, place, serial = ShardIterator.split("|")
            if int(serial) <= self._valid_from:
                raise ExpiredIteratorException(_error("ExpiredIteratorException"), "GetRecords")
            shard = self.shards[shard_id]
            if int(place) < shard.trimmed:
                raise TrimmedDataAccessException(_error("TrimmedDataAccessException"), "")
            end = min(int(place) + min(Limit, self.page_records), len(shard.changes))
            self.records_read += end - int(place)
            answer: dict[str, Any] = {"Records": shard.changes[int(place) : end]}
            if not (shard.closed and end == len(shard.changes)):
                answer["NextShardIterator"] = self._iterator(shard_id, end)
            return answer

    def _described(self, shard_id: str) -> dict[str, Any]:
        parent_id = self.shards[shard_id].parent_id
        parent = {"ParentShardId": parent_id} if parent_id else {}
        return {"ShardId": shard_id, "SequenceNumberRange": {}, **parent}

    def _iterator(self, shard_id: str, place: int) -> str:
        with self._lock:
            self._iterators += 1
            return f"{shard_id}|{place}|{self._iterators}"


def client_error(code: str) -> ClientError:
    return ClientError(_error(code), "GetRecords")


def _error(code: str) -> Any:
    return {"Error": {"Code": code, "Message": code}}


def _number(record: "RecordTypeDef") -> str:
    return record["dynamodb"]["SequenceNumber"]
