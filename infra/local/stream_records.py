"""Records of a DynamoDB stream in the shape in which Lambda hands them to a function.

Invariant: a record is immutable text, so that a retry or a redrive delivers exactly what was read.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams.type_defs import RecordTypeDef

PAYLOAD_LIMIT = 6 * 1024 * 1024  # bytes of a synchronous invocation's event
_ENVELOPE = len('{"Records":[]}')


@dataclass(frozen=True)
class StreamRecord:
    """One record: `created` in epoch seconds, `text` the JSON of Lambda's event record."""

    sequence_number: str
    item_key: str
    created: float
    text: str
    size: int

    @classmethod
    def read(cls, record: "RecordTypeDef", *, stream_arn: str) -> Self:
        """From GetRecords' answer; the shape is that of "Using AWS Lambda with Amazon DynamoDB"."""
        event: dict[str, Any] = {**record, "eventSourceARN": stream_arn}
        if "userIdentity" in event:  # set on deletions by TTL; Lambda spells it in lower camel case
            names = event["userIdentity"].items()
            event["userIdentity"] = {name[0].lower() + name[1:]: value for name, value in names}
        text = json.dumps(event, default=_plain, ensure_ascii=False, separators=(",", ":"))
        change = record["dynamodb"]
        return cls(
            sequence_number=change["SequenceNumber"],
            item_key=json.dumps(change["Keys"], default=_plain, sort_keys=True),
            created=change["ApproximateCreationDateTime"].timestamp(),
            text=text,
            size=len(text.encode()),
        )

    @property
    def event(self) -> dict[str, Any]:
        """A fresh copy of the record as the function receives it."""
        event: dict[str, Any] = json.loads(self.text)
        return event


def event_text(records: Iterable[StreamRecord]) -> str:
    """The JSON of the event with which the function is invoked."""
    return f'{{"Records":[{",".join(record.text for record in records)}]}}'


def fitting(records: Sequence[StreamRecord], batch_size: int) -> tuple[int, bool]:
    """How many leading records go into one batch, and whether that batch is full.

    "Batching behavior": a batch is sent when it holds `BatchSize` records or 6 MB. A record that
    is larger alone still goes, alone.
    """
    size = _ENVELOPE
    for count, record in enumerate(records):
        size += record.size + bool(count)  # the comma before it
        if count == batch_size or (count and size > PAYLOAD_LIMIT):
            return count, True
    return len(records), len(records) >= batch_size


def _plain(value: object) -> str | float:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"a stream record does not hold {type(value).__name__}")
