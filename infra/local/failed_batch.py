"""What Lambda sends to an S3 on-failure destination about records that it gives up.

Follows "Retain discarded records for a DynamoDB event source in Lambda". Invariant: the document
holds the full records, so that nothing is lost when the stream's 24 hours are over.
"""

import json
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from infra.local.event_source_mapping import Mapping
from infra.local.retry_policy import Attempt
from infra.local.stream_records import StreamRecord, event_text

logger = logging.getLogger(__name__)

Condition = Literal["RetryAttemptsExhausted", "RecordAgeExceeded"]


@dataclass(frozen=True)
class FailedBatch:
    """One object for the destination bucket: its key and its JSON document.

    `payload` in the document is the function's event as escaped JSON text, as the guide states.
    """

    key: str
    document: dict[str, Any]

    @property
    def body(self) -> bytes:
        """The object's content."""
        return json.dumps(self.document, ensure_ascii=False).encode()

    @property
    def event(self) -> dict[str, Any]:
        """The event with the records that were given up."""
        event: dict[str, Any] = json.loads(self.document["payload"])
        return event


def describe(
    attempt: Attempt, *, condition: Condition, mapping: Mapping, shard_id: str, now: float
) -> FailedBatch:
    """The destination's object for records that are given up at `now` (epoch seconds)."""
    moment = datetime.fromtimestamp(now, UTC)
    document: dict[str, Any] = {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": mapping.function_arn,
            "condition": condition,
            "approximateInvokeCount": attempt.failures,
        },
        "version": "1.0",
        "timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",
        "DDBStreamBatchInfo": _batch_info(attempt.records, mapping=mapping, shard_id=shard_id),
        "payload": event_text(attempt.records),
    }
    if attempt.failures:  # records can grow too old before the function ever saw them
        document["responseContext"] = {"statusCode": 200, "executedVersion": "$LATEST"}
        if attempt.function_error:
            document["responseContext"]["functionError"] = attempt.function_error
    prefix = f"aws/lambda/{mapping.uuid}/{shard_id}/{moment:%Y/%m/%d}"
    return FailedBatch(f"{prefix}/{moment:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}", document)


def _batch_info(
    records: Sequence[StreamRecord], *, mapping: Mapping, shard_id: str
) -> dict[str, Any]:
    first, last = records[0], records[-1]
    return {
        "shardId": shard_id,
        "startSequenceNumber": first.sequence_number,
        "endSequenceNumber": last.sequence_number,
        "approximateArrivalOfFirstRecord": _to_second(first.created),
        "approximateArrivalOfLastRecord": _to_second(last.created),
        "batchSize": len(records),
        "streamArn": mapping.stream_arn,
    }


def _to_second(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


def drop(failed: FailedBatch) -> None:
    """What happens to discarded records without a destination: a line in the log, no content."""
    facts = {name: value for name, value in failed.document.items() if name != "payload"}
    logger.error("no on-failure destination, records are dropped: %s", facts)
