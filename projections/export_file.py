"""Reads a data file of a DynamoDB export out of S3, line by line.

Invariant: memory holds one part of the file and one item, whatever the file's size; no connection
is open while the caller works.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from mypy_boto3_s3 import S3Client

_PART_BYTES = 1024 * 1024
_CONFIG = Config(
    connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)


def connect_exports() -> S3Client:
    """An S3 client for the region and credentials of Lambda's environment."""
    return boto3.client("s3", config=_CONFIG)


def lines(client: S3Client, bucket: str, key: str) -> Iterator[bytes]:
    """The lines of a gzipped object, each one item as DynamoDB JSON; an empty object has none.

    Raises:
        EOFError, gzip.BadGzipFile: the object is cut off, or is not gzip.
        ClientError, BotoCoreError: S3 does not give it.
    """
    parts = io.BufferedReader(_Parts(client, bucket, key), _PART_BYTES)
    with gzip.GzipFile(fileobj=parts) as file:
        yield from file


class _Parts(io.RawIOBase):
    """An object that is fetched as it is read, one request for each buffer to fill."""

    def __init__(self, client: S3Client, bucket: str, key: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._position = 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        room = memoryview(buffer)
        part = b"" if self._ended else self._fetch(len(room))
        room[: len(part)] = part
        self._position += len(part)
        self._ended = len(part) < len(room)
        return len(part)

    def _fetch(self, size: int) -> bytes:
        span = f"bytes={self._position}-{self._position + size - 1}"
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key, Range=span)
            return answer["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidRange":  # nothing is there any more
                raise
            return b""
