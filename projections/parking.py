"""Parks in S3 the stream records that cannot be projected: the whole record, with the reason.

Invariant: a key is a function of projection and record, so parking a record twice keeps one object.

| objects under                            | written by                                        |
|------------------------------------------|---------------------------------------------------|
| `parked/PROJECTION/YYYY/MM/DD/ID/NUMBER` | a projector, at once                              |
| `aws/lambda/MAPPING/SHARD/YYYY/MM/DD/…`  | Lambda itself, after the last retry of a batch    |
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from domain.timestamps import format_utc
from projections.stream import ParkingFailedError, RawRecord

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "parked"
LAMBDA_PREFIX = "aws/lambda/"

_ID_CHARACTERS = 512


class Parking:
    """Parks one projection's records in a bucket."""

    def __init__(
        self,
        client: S3Client,
        *,
        bucket: str,
        projection: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._projection = projection
        self._now = now

    def park(self, record: RawRecord, reason: str) -> None:
        """Keep the record.

        Raises:
            ParkingFailedError: S3 did not take it.
        """
        body = {
            "projection": self._projection,
            "reason": reason,
            "parked_at": format_utc(self._now()),
            "record": record,
        }
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=parked_key(self._projection, record),
                Body=json.dumps(body, ensure_ascii=False).encode(),
                ContentType="application/json",
            )
        except (ClientError, BotoCoreError) as error:
            raise ParkingFailedError(str(error)) from error


def parked_key(projection: str, record: RawRecord) -> str:
    """Where a record is parked: by projection, day of the append and event id."""
    change: dict[str, Any] = record["dynamodb"]
    day = datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)
    id = quote(change["Keys"]["id"]["S"], safe="")[:_ID_CHARACTERS]
    return f"{PREFIX}/{projection}/{day:%Y/%m/%d}/{id}/{change['SequenceNumber']}"
