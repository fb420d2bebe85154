"""How far a mapping of the running stack is behind, told from outside of it.

Invariant: only reads, so that looking changes nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.checkpoints import Checkpoints
from infra.local.stream_shards import ShardReader, list_shards

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient


def oldest_undelivered(
    streams: DynamoDBStreamsClient, *, stream_arn: str, checkpoints: Path
) -> datetime | None:
    """When the oldest event was recorded that the mapping has not handled; None if there is none.

    Raises:
        UnreadableCheckpointsError: the checkpoint file is there, but is none.
        botocore.exceptions.ClientError: the stream is gone, or the engine failed.
    """
    handled = Checkpoints(checkpoints, stream_arn=stream_arn)
    moments = []
    for shard in list_shards(streams, stream_arn):
        if shard.shard_id in handled.ended():
            continue
        reader = ShardReader(
            streams,
            shard.shard_id,
            stream_arn=stream_arn,
            after=handled.position(shard.shard_id),
        )
        records = (record.event for record in reader.read().records)
        inserted = (record for record in records if record["eventName"] == "INSERT")
        if (first := next(inserted, None)) is not None:
            moments.append(_recorded_at(first["dynamodb"]))
    return min(moments, default=None)


def _recorded_at(change: dict[str, Any]) -> datetime:
    """The event's own time; of an item that is none, the stream's, which is cut to the minute."""
    try:
        return datetime.fromisoformat(change["NewImage"]["recorded_at"]["S"])
    except (KeyError, ValueError):
        return datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)
