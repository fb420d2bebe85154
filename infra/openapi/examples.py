"""The events that the document's examples speak of, as they are sent and as the log keeps them.

Invariant: what is kept is computed from what is sent, by the code that keeps it.
"""

import json
from typing import Any

from api.cloud_event_answers import cloud_event_json
from domain.event import Event, NewEvent, new_event
from domain.json_text import parse_items

RECORDED_AT = "2026-01-31T12:00:00.250000Z"

ADDRESS = "https://abcdefghij.execute-api.eu-central-1.amazonaws.com/dev"
"""Where the API of the examples is."""

SMALLEST = '{"id":"1","type":"string","payload":{"key1":"value1"}}'
CHANGED = '{"id":"1","type":"string","payload":{"key1":"value2"}}'
UNTYPED = '{"id":"2","payload":{"key1":"value1"}}'
BROKEN = '{"id":"1","type":"string","payload":{"key1":'
ORDER = """{
  "id": "order-1001-placed",
  "type": "order.placed",
  "payload": {"order": 1001, "total": 49.9, "currency": "EUR", "items": ["tea", "cup"]},
  "time": "2026-01-31T12:00:00Z",
  "source": "https://shop.example/orders",
  "subject": "orders/1001",
  "correlation_id": "checkout-77",
  "causation_id": "cart-77-submitted",
  "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
}"""
BATCH = f"[{ORDER},{SMALLEST},{CHANGED},{UNTYPED}]"
"""Of a log that has SMALLEST already, the answer tells each outcome that a caller can cause."""


def new(text: str) -> NewEvent:
    """An event that is sent as this JSON text."""
    [members] = parse_items(text)
    assert isinstance(members, dict)  # noqa: S101  # the texts are those above
    return new_event(members, default_id="")


def recorded(text: str) -> Event:
    """The event as the log keeps it, at `RECORDED_AT`, of a stage without an authorizer."""
    return new(text).recorded(at=RECORDED_AT)


def stored_as_cloud_event(text: str) -> dict[str, Any]:
    """The event as the API gives it to who wants CloudEvents."""
    event: dict[str, Any] = json.loads(cloud_event_json(recorded(text)))
    return event


def line_of(text: str) -> str:
    """The event as a line, as listings give it to who wants lines."""
    return f"{recorded(text).to_json()}\n"


def lines(*values: Any) -> str:
    """JSON values as lines."""
    return "".join(f"{json.dumps(value, ensure_ascii=False)}\n" for value in values)


def stored(text: str) -> dict[str, Any]:
    """The event as the API gives it."""
    event: dict[str, Any] = json.loads(recorded(text).to_json())
    return event
