"""DynamoDB's exports to S3, which the local engine lacks.

Invariant: what AWS refuses to export is refused: a table without point-in-time recovery.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.export_files import write_export
from infra.local.step_functions.error import StatesError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

Description = dict[str, Any]


class TableExports:
    """The exports of this machine's tables; `recoverable` has the ARNs of those with backups."""

    def __init__(
        self, dynamodb: DynamoDBClient, s3: S3Client, *, recoverable: Collection[str]
    ) -> None:
        self._dynamodb = dynamodb
        self._s3 = s3
        self._recoverable = recoverable
        self._exports: dict[str, Description] = {}
        self._lock = threading.Lock()

    def start(self, request: dict[str, Any]) -> Description:
        """Begin an export, or find the one that the same ClientToken began.

        Raises:
            StatesError: the table has no point-in-time recovery.
        """
        table_arn, token = request["TableArn"], request["ClientToken"]
        if table_arn not in self._recoverable:
            raise StatesError(
                "DynamoDb.PointInTimeRecoveryUnavailableException",
                f"Point in time recovery is not enabled for table {table_arn.rpartition('/')[2]!r}",
            )
        id = hashlib.sha256(f"{table_arn} {token}".encode()).hexdigest()
        arn = f"{table_arn}/export/{int(id[:12], 16):014}-{id[12:20]}"
        with self._lock:
            if arn in self._exports:
                return dict(self._exports[arn])
            self._exports[arn] = {**request, "ExportArn": arn, "ExportStatus": "IN_PROGRESS"}
        started = self._describe(arn, StartTime=time.time())
        threading.Thread(target=self._export, args=(arn,), name="export", daemon=True).start()
        return started

    def describe(self, arn: str) -> Description:
        """An export as it stands.

        Raises:
            StatesError: there is none.
        """
        with self._lock:
            if arn not in self._exports:
                raise StatesError("DynamoDb.ExportNotFoundException", f"Export not found: {arn}")
            return dict(self._exports[arn])

    def _export(self, arn: str) -> None:
        try:
            items = write_export(self._dynamodb, self._s3, self.describe(arn))
        except (ClientError, BotoCoreError) as error:
            failure = {"FailureCode": _code(error), "FailureMessage": str(error)}
            self._describe(arn, ExportStatus="FAILED", EndTime=time.time(), **failure)
        else:
            self._describe(arn, ExportStatus="COMPLETED", EndTime=time.time(), ItemCount=items)

    def _describe(self, arn: str, **facts: Any) -> Description:
        with self._lock:
            self._exports[arn] |= facts
            return dict(self._exports[arn])


def _code(error: ClientError | BotoCoreError) -> str:
    """A failure of S3 as DynamoDB names it: S3NoSuchBucket, for example."""
    if isinstance(error, ClientError):
        return f"S3{error.response['Error']['Code']}"
    return type(error).__name__
