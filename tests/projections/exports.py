"""Data files of a DynamoDB export, and a bucket that holds them in memory, for tests.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import gzip
import io
import json
from typing import Any

from botocore.exceptions import ClientError

from domain.event import Event
from tests.records import record_of


def line_of(event: Event) -> bytes:
    """The line that an export has of an event."""
    return item_line(record_of(event)["dynamodb"]["NewImage"])


def item_line(item: dict[str, Any]) -> bytes:
    """The line that an export has of an item, binary values in base64."""
    return json.dumps({"Item": item}, ensure_ascii=False).encode() + b"\n"


def data_file(lines: list[bytes]) -> bytes:
    """The lines as a data file."""
    return gzip.compress(b"".join(lines), compresslevel=1)


class Bucket:
    """What is used of S3: objects in parts, and how large those were."""

    def __init__(self, **objects: bytes) -> None:
        self.client: Any = self
        self.parts: list[int] = []
        self._objects = objects

    def get_object(self, *, Bucket: str, Key: str, Range: str) -> dict[str, Any]:  # noqa: N803
        first, _, last = Range.removeprefix("bytes=").partition("-")
        content = self._objects[Key]
        if int(first) >= len(content):
            raise ClientError({"Error": {"Code": "InvalidRange", "Message": ""}}, "GetObject")
        part = content[int(first) : int(last) + 1]
        self.parts.append(len(part))
        return {"Body": io.BytesIO(part)}
