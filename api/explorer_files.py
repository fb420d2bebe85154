"""The explorer page's files in their bucket: put there as the bundle has them, and taken away.

Invariant: when `publish` returns, the bucket holds these files and nothing else; the page itself is
put last, so that whoever loads it meanwhile gets no newer page than its scripts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from api.explorer_page import CACHE_CONTROL, MEDIA_TYPES, PAGE, STAGE

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONFIG = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4}
)


def connect_files() -> S3Client:
    """An S3 client for the region and credentials of Lambda's environment."""
    return boto3.client("s3", config=_CONFIG)


def publish(s3: S3Client, *, bucket: str, folder: Path, stage: str) -> list[str]:
    """Put the folder's files and `stage.json`, whose text is given; the names of all of them.

    Raises:
        ClientError, BotoCoreError: S3 refuses one, or is out of reach.
    """
    files = {file.name: file.read_bytes() for file in sorted(folder.iterdir())}
    files[STAGE] = stage.encode()
    for name in (*(files.keys() - {PAGE}), PAGE):
        s3.put_object(
            Bucket=bucket,
            Key=name,
            Body=files[name],
            ContentType=MEDIA_TYPES[Path(name).suffix],
            CacheControl=CACHE_CONTROL,
        )
    empty(s3, bucket=bucket, but=files.keys())
    return sorted(files)


def empty(s3: S3Client, *, bucket: str, but: Collection[str] = ()) -> None:
    """Delete all that is in the bucket, but for some names; nothing is in a bucket that is gone.

    Raises:
        ClientError, BotoCoreError: S3 refuses to, or is out of reach.
    """
    try:
        names = list(_names(s3, bucket))
    except s3.exceptions.NoSuchBucket:
        return
    for name in names:
        if name not in but:
            s3.delete_object(Bucket=bucket, Key=name)


def _names(s3: S3Client, bucket: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (one["Key"] for one in page.get("Contents", ()))
