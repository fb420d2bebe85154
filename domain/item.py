"""An event as one DynamoDB item: plain text attributes, named as the event's fields.

Invariant: `event_of(item_of(event)) == event`; the payload stays the text it was.
"""

from collections.abc import Mapping
from typing import TypedDict

from domain.event import Event

MAX_ITEM_BYTES = 400 * 1024
"""Names and values of one item together (DynamoDB Developer Guide, "Constraints")."""


class Attribute(TypedDict, total=False):
    """A DynamoDB attribute value of one of the two types that events need."""

    S: str
    B: bytes


Item = dict[str, Attribute]


def item_of(event: Event) -> Item:
    """The event's item. The hash is binary: half of its hex digits' bytes."""
    item: Item = {
        name: {"S": text}
        for name in Event.__dataclass_fields__
        if name != "hash" and (text := getattr(event, name)) is not None
    }
    item["hash"] = {"B": bytes.fromhex(event.hash)}
    return item


def event_of(item: Mapping[str, Attribute]) -> Event:
    """The event in an item that `item_of` made.

    Raises:
        KeyError, TypeError: it is not such an item.
    """
    texts = {name: value["S"] for name, value in item.items() if name != "hash"}
    return Event(**texts, hash=item["hash"]["B"].hex())


def item_bytes(item: Mapping[str, Attribute]) -> int:
    """The bytes that DynamoDB counts: names and values in UTF-8 (Developer Guide, "Item sizes")."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Attribute) -> int:
    return len(value["B"]) if "B" in value else len(value["S"].encode())
