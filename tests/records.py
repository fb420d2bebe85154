"""Stream records as Lambda hands them to a projector, made from events."""

import base64
import itertools
from typing import Any

from domain.event import Event
from domain.item import item_of

_numbers = itertools.count(100_000_000_000_000_000_000)


def record_of(event: Event) -> dict[str, Any]:
    """The INSERT record of an event, with a sequence number higher than any before it."""
    image: dict[str, Any] = {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else dict(value)
        for name, value in item_of(event).items()
    }
    return {
        "eventID": event.hash[:32],
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1795428000.0,
            "Keys": {"id": {"S": event.id}},
            "NewImage": image,
            "SequenceNumber": str(next(_numbers)),
            "SizeBytes": 100,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/events/stream/x",
    }


def number_of(record: dict[str, Any]) -> str:
    """A record's sequence number."""
    number: str = record["dynamodb"]["SequenceNumber"]
    return number
