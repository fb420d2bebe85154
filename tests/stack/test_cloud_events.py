"""The official SDK of CloudEvents as a client: what it sends is what it gets back, in each mode."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.http import (
    HTTPMessage,
    from_structured_event,
    to_binary_event,
    to_structured_event,
)
from cloudevents.core.v1.event import CloudEvent

from tests.stack.local_stack import LocalStack

ONE = "application/cloudevents+json"
MANY = "application/cloudevents-batch+json"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

CONTENTS: dict[str, tuple[str | None, Any]] = {
    "an object": ("application/json", {"amount": 1.5, "who": "Zoë", "tags": [None, True]}),
    "JSON of a kind of its own": ("application/vnd.shop.order+json; version=2", {"a": 1}),
    "an object of no declared type": (None, {"a": 1}),
    "text": ("text/plain; charset=utf-8", "Grüße, “quoted” \n\t\U0001f600"),
    "XML": ("application/xml", '<much wow="xml"/>'),
    "bytes": ("application/octet-stream", bytes(range(256))),
    "bytes that look like text": ("application/octet-stream", b"plain"),
    "text in another charset": ("text/plain; charset=iso-8859-1", "Grüße".encode("latin-1")),
    "no data": ("text/plain", None),
    "no data and no type": (None, None),
}


def cloud_event(content_type: str | None, data: Any, **attributes: Any) -> CloudEvent:
    given = {
        "id": f"{uuid.uuid4()} 100% “ü”",
        "source": "https://shop.example.com/orders?region=eu#north",
        "type": "com.example.order.placed",
        "subject": 'order "7" / été',
        "time": datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC),
        "dataschema": "https://schemas.example.com/order/1",
        "comexampletext": "a b",
        "correlationid": "corr 1",
        "causationid": "cause-1",
        "traceparent": TRACE,
        **attributes,
    }
    if content_type is not None:
        given["datacontenttype"] = content_type
    return CloudEvent(given, data)


def parts(event: BaseCloudEvent) -> tuple[dict[str, Any], Any]:
    return dict(event.get_attributes()), event.get_data()


def read_back(stack: LocalStack, event: BaseCloudEvent) -> BaseCloudEvent:
    query = {"id": event.get_id(), "source": event.get_source()}
    answer = stack.client.get("/events", params=query, headers={"Accept": ONE})
    assert (answer.status_code, answer.headers["content-type"]) == (200, ONE)
    return from_structured_event(HTTPMessage(dict(answer.headers), answer.content))


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("mode", [to_binary_event, to_structured_event])
def test_the_sdk_gets_back_the_event_that_it_sent(
    stack: LocalStack, mode: Callable[[BaseCloudEvent], HTTPMessage], content: str
) -> None:
    content_type, data = CONTENTS[content]
    sent = cloud_event(content_type, data)
    message = mode(sent)
    created = stack.client.post("/events", content=message.body, headers=message.headers)
    assert created.status_code == 201, created.text
    assert parts(read_back(stack, sent)) == parts(sent)
    again = stack.client.post("/events", content=message.body, headers=message.headers)
    assert (again.status_code, again.content) == (200, created.content)


def test_a_batch_of_the_sdk_is_listed_as_it_was_sent(stack: LocalStack) -> None:
    type = f"com.example.{uuid.uuid4()}"
    sent = [
        cloud_event(content_type, data, type=type, comexamplenumber=number, comexampleflag=True)
        for number, (content_type, data) in enumerate(CONTENTS.values())
    ]
    body = b"[" + b",".join(to_structured_event(event).body for event in sent) + b"]"
    answer = stack.client.post("/events", content=body, headers={"Content-Type": MANY})
    assert {result["status"] for result in answer.json()["results"]} == {"created"}
    stack.walk_until(type, count=len(sent))
    listed = stack.client.get("/events", params={"type": type}, headers={"Accept": MANY})
    assert listed.headers["content-type"] == MANY
    texts = [json.dumps(event).encode() for event in listed.json()]
    found = [from_structured_event(HTTPMessage({}, text)) for text in texts]
    order = {event.get_id(): number for number, event in enumerate(sent)}
    found.sort(key=lambda event: order[event.get_id()])
    assert [parts(event) for event in found] == [parts(event) for event in sent]


def test_one_id_of_several_sources_is_several_events(stack: LocalStack) -> None:
    id = f"shared-{uuid.uuid4()}"
    sent = [
        cloud_event("application/json", {"n": n}, id=id, source=f"/source/{n}") for n in range(3)
    ]
    for status in (201, 200):
        for event in sent:
            message = to_binary_event(event)
            answer = stack.client.post("/events", content=message.body, headers=message.headers)
            assert answer.status_code == status
            assert stack.client.get(answer.headers["Location"]).json() == answer.json()
    assert [parts(read_back(stack, event)) for event in sent] == [parts(event) for event in sent]
    nobody = stack.client.get("/events", params={"id": id, "source": "/nobody"})
    assert nobody.status_code == 404
