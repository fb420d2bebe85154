"""The limits of an event's fields, and what its hash covers."""

import hashlib
import json

import pytest
from hypothesis import given

from domain.errors import InvalidEventError
from domain.event import Event, NewEvent, new_event
from domain.item import event_of, item_of
from domain.json_text import parse_items
from tests.builders import an_event, ids, json_texts, types

AT = "2026-11-23T10:00:00.000000Z"


def parsed(text: str) -> NewEvent:
    [item] = parse_items(text)
    assert isinstance(item, dict)
    return new_event(item, default_id="made-by-the-server")


def violations(text: str) -> dict[str, str]:
    with pytest.raises(InvalidEventError) as caught:
        parsed(text)
    return {violation.field: violation.message for violation in caught.value.violations}


def test_an_event_without_an_id_gets_one() -> None:
    assert parsed('{"type":"t","payload":null}').id == "made-by-the-server"


def test_every_broken_field_is_named_with_its_limit_and_what_was_sent() -> None:
    expected = {
        "id": "must have 1 to 256 characters; 257 were sent",
        "type": "must have 1 to 256 characters; 0 were sent",
        "time": 'must be RFC 3339, such as 2026-01-31T12:00:00Z; "yesterday" was sent',
        "source": "must have 1 to 1024 characters; 1025 were sent",
        "subject": 'must have no control characters; U+0007 was sent in "a\\u0007"',
        "traceparent": 'must be a W3C traceparent; "00-0-0-0" was sent',
    }
    event = {
        "id": "x" * 257,
        "type": "",
        "payload": 1,
        "time": "yesterday",
        "source": "s" * 1025,
        "subject": "a\x07",
        "traceparent": "00-0-0-0",
    }
    assert violations(json.dumps(event)) == expected


def test_missing_unknown_and_server_fields_are_named() -> None:
    assert violations('{"id":1,"hash":"x","tpye":"t"}') == {
        "type": "is required",
        "payload": "is required",
        "id": "must be a string; 1 was sent",
        "hash": "is set by the log; leave it out",
        "tpye": "is not a field of an event; put it into payload, or use id, type, time, source, "
        "subject, correlation_id, causation_id, traceparent, payload",
    }


@pytest.mark.parametrize(
    "time",
    [
        "2026-01-31T12:00:00Z",
        "2026-01-31t12:00:00.123456789z",
        "2026-12-31T23:59:60Z",
        "2026-01-31T12:00:00+05:30",
    ],
)
def test_times_of_rfc_3339_are_kept_as_they_were_sent(time: str) -> None:
    assert an_event(time=time).time == time


@pytest.mark.parametrize(
    "time",
    ["2026-02-30T12:00:00Z", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z"],
)
def test_other_times_are_refused(time: str) -> None:
    with pytest.raises(InvalidEventError, match="RFC 3339"):
        an_event(time=time)


def test_the_hash_is_sha_256_of_the_canonical_content_without_the_trace() -> None:
    event = an_event(
        "1", source="/s", traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    )
    content = b'{"id":"1","payload":{"key1":"value1"},"source":"/s","type":"string"}'
    assert event.hash == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        an_event(payload_text='{"key1":"value2"}'),
        an_event(type="other"),
        an_event(source="/s"),
        an_event(time="2026-01-31T12:00:00Z"),
    ],
)
def test_other_content_has_another_hash(other: NewEvent) -> None:
    assert an_event().hash != other.hash


@given(ids, types, json_texts)
def test_an_event_survives_its_item_and_its_json(id: str, type: str, text: str) -> None:
    event = an_event(id, type=type, payload_text=text).recorded(at=AT, by="arn:x")
    assert event_of(item_of(event)) == event
    assert event.to_json().endswith(f'"payload":{text}}}')
    members = json.loads(event.to_json())
    assert (members["id"], members["type"]) == (id, type)


def test_json_gives_every_field_in_a_fixed_order_and_time_by_default() -> None:
    event: Event = an_event("1").recorded(at=AT)
    assert event.to_json() == (
        f'{{"id":"1","type":"string","time":"{AT}","recorded_at":"{AT}","hash":"{event.hash}",'
        '"payload":{"key1":"value1"}}'
    )
