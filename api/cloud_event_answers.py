"""An event of the log → a CloudEvent in the JSON event format.

Invariant: an event that came as a CloudEvent is given as the one that came.
https://github.com/cloudevents/spec/blob/ce%40v1.0.2/cloudevents/formats/json-format.md
"""

import json
from collections.abc import Iterator
from urllib.parse import quote

from api.cloud_attributes import LINKS, SPECVERSION, Value, without_forbidden
from api.cloud_events import ABSENT, BASE64, DATA
from api.uri_syntax import is_uri_reference
from domain.event import Event
from domain.identity import OWN_ID

DEFAULT_SOURCE = "/events"
"""The source of an event that names none and came in no other way than as plain JSON."""


def cloud_event_json(event: Event) -> str:
    """The CloudEvent's JSON object; the payload's text is put in as it is, without a parse."""
    kept = None if event.cloudevent is None else json.loads(event.cloudevent)
    how = None if kept is None else kept.pop(DATA, None)
    attributes = _attributes_of_native(event) if kept is None else _attributes(event, kept)
    members = {"specversion": SPECVERSION, **dict(attributes)}
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    if how == ABSENT:
        return text
    name = "data_base64" if how == BASE64 else "data"
    return f'{text[:-1]},"{name}":{event.payload}}}'


def _attributes(event: Event, kept: dict[str, Value]) -> Iterator[tuple[str, Value]]:
    yield "id", kept.pop(OWN_ID, event.id)
    yield from _texts(event, "source", "type", "subject", "time")
    yield from _trace_and_links(event)
    yield from kept.items()


def _attributes_of_native(event: Event) -> Iterator[tuple[str, Value]]:
    """What CloudEvents forbids in a string is percent-encoded, as there is no other way to say it.

    Plain JSON may say nearly anything, for example in a type.
    """
    yield "id", without_forbidden(event.id)
    source = event.source or DEFAULT_SOURCE
    yield "source", source if is_uri_reference(source) else quote(source, safe="")
    yield "type", without_forbidden(event.type)
    for name, text in _texts(event, "subject"):
        yield name, without_forbidden(text)
    yield "time", event.time or event.recorded_at
    yield "datacontenttype", "application/json"
    for name, text in _trace_and_links(event):
        yield name, without_forbidden(text)


def _texts(event: Event, *names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        if (text := getattr(event, name)) is not None:
            yield name, text


def _trace_and_links(event: Event) -> Iterator[tuple[str, str]]:
    yield from _texts(event, "traceparent")
    for attribute, field in LINKS.items():
        for _, text in _texts(event, field):
            yield attribute, text
