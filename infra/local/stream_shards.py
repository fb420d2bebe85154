"""The shards of a stream: which there are, which may be read now, and what is in one.

Follows "Change data capture for DynamoDB Streams" (shard lineage, 24 hours' retention) of the
DynamoDB guide. Invariant: a reader never passes over a record that the stream still has.
"""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004

from infra.local.stream_records import StreamRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

logger = logging.getLogger(__name__)
T = TypeVar("T")

PAGE_RECORDS = 1000  # GetRecords' maximum
_PASSING = {
    "InternalFailure",
    "InternalServerError",
    "LimitExceededException",
    "ServiceUnavailable",
    "ThrottlingException",
}


@dataclass(frozen=True)
class Shard:
    """A shard of the stream, and the one that it continues."""

    shard_id: str
    parent_id: str | None


@dataclass(frozen=True)
class Page:
    """Records in order; `closed`: the shard has ended and these are its last."""

    records: tuple[StreamRecord, ...]
    closed: bool


def list_shards(streams: "DynamoDBStreamsClient", stream_arn: str) -> list[Shard]:
    """All shards that the stream lists, over all pages of DescribeStream."""
    shards: list[Shard] = []
    start: str | None = None
    while True:
        page = (
            streams.describe_stream(StreamArn=stream_arn, ExclusiveStartShardId=start)
            if start
            else streams.describe_stream(StreamArn=stream_arn)
        )["StreamDescription"]
        shards += [Shard(one["ShardId"], one.get("ParentShardId")) for one in page["Shards"]]
        start = page.get("LastEvaluatedShardId")
        if not start:
            return shards


def readable(shards: Sequence[Shard], *, ended: Collection[str]) -> list[Shard]:
    """The shards to read now: not ended themselves, and their parent ended or trimmed away."""
    listed = {shard.shard_id for shard in shards}
    return [
        shard
        for shard in shards
        if shard.shard_id not in ended
        and (shard.parent_id not in listed or shard.parent_id in ended)
    ]


def patiently(call: Callable[[], T], *, stopping: threading.Event, pause: float) -> T | None:
    """The call's answer, asked again while the engine is away; None once `stopping` is set."""
    while not stopping.is_set():
        try:
            return call()
        except (ClientError, ConnectionError, HTTPClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] not in _PASSING:
                raise
            logger.warning("stream not readable, trying again: %s", error)
            stopping.wait(pause)
    return None


class ShardReader:
    """Reads one shard from a position on: after that record, or (None) from the oldest on."""

    def __init__(
        self,
        streams: "DynamoDBStreamsClient",
        shard_id: str,
        *,
        stream_arn: str,
        after: str | None,
    ) -> None:
        self._streams = streams
        self._shard_id = shard_id
        self._stream_arn = stream_arn
        self._after = after
        self._iterator: str | None = None

    def read(self) -> Page:
        """The next page; empty when there is nothing new.

        Raises:
            botocore.exceptions.ClientError: the stream is gone, or the engine failed.
        """
        while True:
            try:
                return self._read()
            except self._streams.exceptions.ExpiredIteratorException:
                self._iterator = None  # after 15 minutes; the position is still good
            except self._streams.exceptions.TrimmedDataAccessException:
                logger.warning("%s: records after %s are trimmed", self._shard_id, self._after)
                self._iterator = self._after = None

    def _read(self) -> Page:
        iterator = self._iterator or self._new_iterator()
        answer = self._streams.get_records(ShardIterator=iterator, Limit=PAGE_RECORDS)
        records = tuple(
            StreamRecord.read(record, stream_arn=self._stream_arn) for record in answer["Records"]
        )
        self._iterator = answer.get("NextShardIterator")
        if records:
            self._after = records[-1].sequence_number
        return Page(records, closed=self._iterator is None)

    def _new_iterator(self) -> str:
        if self._after is None:
            answer = self._streams.get_shard_iterator(
                StreamArn=self._stream_arn,
                ShardId=self._shard_id,
                ShardIteratorType="TRIM_HORIZON",
            )
        else:
            answer = self._streams.get_shard_iterator(
                StreamArn=self._stream_arn,
                ShardId=self._shard_id,
                ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                SequenceNumber=self._after,
            )
        return answer["ShardIterator"]
