"""An event as one DynamoDB item: plain text attributes, named as the event's fields.

Invariant: `event_of(item_of(event)) == event`; the payload stays the text it was.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypedDict

from domain.errors import UnreadableItemError
from domain.event import Event

MAX_ITEM_BYTES = 400 * 1024
"""Names and values of one item together (DynamoDB Developer Guide, "Constraints")."""


_REQUIRED = [field.name for field in fields(Event) if field.default is MISSING]


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
        UnreadableItemError: it is not such an item.
    """
    try:
        texts = {name: value["S"] for name, value in item.items() if name != "hash"}
        return Event(**texts, hash=item["hash"]["B"].hex())
    except (AttributeError, KeyError, TypeError) as error:
        raise UnreadableItemError(_fault(item)) from error


def _fault(item: Any) -> str:
    """What is wrong with an item that is no event's, whatever it may hold."""
    if not isinstance(item, Mapping):
        return "it is no map of attributes"
    for name, value in item.items():
        if name not in Event.__dataclass_fields__:
            return f"the attribute {name!r} is none of an event"
        kind = "B" if name == "hash" else "S"
        if not isinstance(value, Mapping) or kind not in value:
            return f"the attribute {name!r} is not of type {kind}"
    missing = [name for name in _REQUIRED if name not in item]
    return f"the attribute {missing[0]!r} is missing" if missing else "its values are malformed"


def item_bytes(item: Mapping[str, Attribute]) -> int:
    """The bytes that DynamoDB counts: names and values in UTF-8 (Developer Guide, "Item sizes")."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Attribute) -> int:
    return len(value["B"]) if "B" in value else len(value["S"].encode())
