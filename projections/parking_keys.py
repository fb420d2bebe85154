"""The parking bucket's layout: where a record is kept, by projection, day and event id.

Invariant: a key is a function of projection and record, so parking a record twice keeps one object.

| objects under                            | written by                                        |
|------------------------------------------|---------------------------------------------------|
| `parked/PROJECTION/YYYY/MM/DD/ID/NUMBER` | a projector, at once                              |
| `aws/lambda/MAPPING/SHARD/YYYY/MM/DD/…`  | Lambda itself, after the last retry of a batch    |
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

PREFIX = "parked"
LAMBDA_PREFIX = "aws/lambda/"

_ID_CHARACTERS = 512


def parked_key(projection: str, record: dict[str, Any]) -> str:
    """Where a stream record is parked; an id's key is cut, the sequence number sets it apart."""
    change: dict[str, Any] = record["dynamodb"]
    day = datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)
    id = quote(change["Keys"]["id"]["S"], safe="")[:_ID_CHARACTERS]
    return f"{PREFIX}/{projection}/{day:%Y/%m/%d}/{id}/{change['SequenceNumber']}"
