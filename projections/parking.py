"""Parks in S3 the stream records that cannot be projected: the whole record, with the reason.

Invariant: a record is either kept with all that it holds, or said not to be.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from domain.timestamps import format_utc
from projections.parking_keys import parked_key
from projections.stream import ParkingFailedError, RawRecord

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# A projector that parks is short of time already: what S3 does not take soon stays in the stream.
_CONFIG = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}
)


@cache
def connect_parking() -> S3Client:
    """An S3 client for the region and credentials of Lambda's environment, made when needed."""
    return boto3.client("s3", config=_CONFIG)


class Parking:
    """Parks one projection's records in a bucket; `connect` gives the client for it."""

    def __init__(
        self,
        connect: Callable[[], S3Client],
        *,
        bucket: str,
        projection: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._connect = connect
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
            self._connect().put_object(
                Bucket=self._bucket,
                Key=parked_key(self._projection, record),
                Body=json.dumps(body, ensure_ascii=False).encode(),
                ContentType="application/json",
            )
        except (ClientError, BotoCoreError) as error:
            raise ParkingFailedError(str(error)) from error
