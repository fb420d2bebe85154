"""Writes the files of an export in the layout that DynamoDB documents, out of a scan.

Invariant: memory holds one page. A log's items never change, so a scan is as good as a snapshot.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

from __future__ import annotations

import base64
import gzip
import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

_FILES = 4  # at least one for each partition of the table


def write_export(dynamodb: DynamoDBClient, s3: S3Client, export: Mapping[str, Any]) -> int:
    """Write the data files and manifests of an `ExportDescription`; the number of its items.

    Raises:
        ClientError, BotoCoreError: the table cannot be read, or the bucket not be written.
    """
    folder = f"AWSDynamoDB/{export['ExportArn'].rpartition('/')[2]}"

    def put(name: str, body: Any) -> None:
        key = f"{export['S3Prefix']}/{folder}/{name}"
        s3.put_object(Bucket=export["S3Bucket"], Key=key, Body=body)

    put("_started", b"")
    files: list[dict[str, Any]] = []
    for segment in range(_FILES):
        name = f"data/{secrets.token_hex(13)}.json.gz"
        with tempfile.TemporaryFile() as file:
            count = _pack(_items(dynamodb, export["TableArn"], segment), into=file)
            file.seek(0)
            put(name, file)
        files.append({"itemCount": count, "dataFileS3Key": f"{folder}/{name}"})
    total = sum(int(file["itemCount"]) for file in files)
    put("manifest-files.json", "".join(json.dumps(file) + "\n" for file in files).encode())
    manifest = f"{folder}/manifest-files.json"
    put("manifest-summary.json", json.dumps(_summary(export, total, manifest)).encode())
    return total


def _summary(export: Mapping[str, Any], items: int, manifest: str) -> dict[str, Any]:
    return {
        "version": "2020-06-30",
        "exportArn": export["ExportArn"],
        "tableArn": export["TableArn"],
        "s3Bucket": export["S3Bucket"],
        "s3Prefix": export["S3Prefix"],
        "manifestFilesS3Key": manifest,
        "itemCount": items,
        "outputFormat": export["ExportFormat"],
    }


def _items(client: DynamoDBClient, table_arn: str, segment: int) -> Iterator[dict[str, Any]]:
    pages = client.get_paginator("scan").paginate(
        TableName=table_arn.rpartition("/")[2],
        Segment=segment,
        TotalSegments=_FILES,
        ConsistentRead=True,
    )
    for page in pages:
        yield from page["Items"]


def _pack(items: Iterator[dict[str, Any]], *, into: IO[bytes]) -> int:
    count = 0
    with gzip.GzipFile(fileobj=into, mode="wb", compresslevel=1) as packed:
        for item in items:
            line = json.dumps({"Item": item}, ensure_ascii=False, default=_base64)
            packed.write(line.encode() + b"\n")
            count += 1
    return count


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)
