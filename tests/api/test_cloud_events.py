"""CloudEvents 1.0.2 in and out, on the memory log: what is kept, and how it is given back."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.event_answers import writer
from api.http import CLOUD_EVENT, CLOUD_EVENTS, NDJSON
from api.write import build
from domain.memory_log import MemoryLog
from tests.builders import an_event, json_texts
from tests.cloud_events import GOOD, answered, binary, errors, structured
from tests.requests import post
from tests.telemetry import CONTEXT, Told

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def given_back(log: MemoryLog) -> list[Any]:
    return [json.loads(writer(CLOUD_EVENT)(event)) for event in log.events.values()]


@pytest.mark.parametrize(
    ("sent", "decoded"),
    [
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        ("%e2%82%ac%41", "€A"),
        ("a b", "a b"),
        (r'"a \"b\" \\ %20c"', 'a "b" \\  c'),
        ("%2520", "%20"),
    ],
)
def test_a_header_is_opened_and_then_percent_decoded_once(sent: str, decoded: str) -> None:
    assert json.loads(binary(GOOD | {"subject": sent})[1])["subject"] == decoded


def test_headers_of_any_case_count_and_one_that_stands_twice_is_refused() -> None:
    request = post("1")
    request["multiValueHeaders"] = {
        **{f"Ce-{name.title()}": [value] for name, value in GOOD.items()},
        "content-TYPE": ["application/json"],
    }
    request["headers"] = {name: text[-1] for name, text in request["multiValueHeaders"].items()}
    handler = build(log=MemoryLog(), telemetry=Told().telemetry)
    assert handler(request, CONTEXT)["statusCode"] == 201
    request["multiValueHeaders"]["CE-ID"] = ["2"]
    response = handler(request, CONTEXT)
    assert errors((response["statusCode"], response["body"])) == {"id": "stands 2 times"}


printable = st.characters(
    exclude_categories=["Cs", "Cc"],
    exclude_characters=[
        chr(c) for c in range(0x110000) if 0xFDD0 <= c < 0xFDF0 or c & 0xFFFE == 0xFFFE
    ],
)
texts = st.text(printable, min_size=1, max_size=40)
values = st.text(printable, max_size=20) | st.booleans() | st.integers(-(2**31), 2**31 - 1)
names = st.from_regex("[a-z0-9]{1,20}", fullmatch=True).filter(
    lambda name: (
        name not in {*GOOD, "data", "time", "subject", "correlationid", "causationid"}
        and not name.startswith("data")
    )
)


@st.composite
def cloud_events(draw: st.DrawFn) -> dict[str, Any]:
    """Any legal CloudEvent in the JSON event format, its data's text under `text` if it is JSON."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": draw(texts),
        "source": draw(texts.map(quote)),
        "type": draw(texts),
        **draw(st.dictionaries(names, values, max_size=3)),
    }
    for name, some in {
        "subject": texts,
        "time": st.just("2026-01-31t12:00:00.123456789+05:30"),
        "dataschema": texts.map(lambda text: f"urn:x:{quote(text)}"),
        "correlationid": texts,
        "traceparent": st.sampled_from([TRACE, "unknown"]),
    }.items():
        if draw(st.booleans()):
            event[name] = draw(some)
    kind = draw(st.sampled_from(["json", "implied", "text", "bytes", "none"]))
    if kind == "json":
        event["datacontenttype"] = draw(st.sampled_from(["text/json", "a/b+json;v=1"]))
    if kind in {"json", "implied"}:
        event["data"] = json.loads(draw(json_texts), parse_int=str, parse_float=str)
    if kind == "text":
        event |= {"datacontenttype": "text/plain", "data": draw(st.text(printable))}
    if kind == "bytes":
        event["data_base64"] = base64.b64encode(draw(st.binary())).decode()
    return event


@given(st.lists(cloud_events(), max_size=4, unique_by=lambda event: (event["id"], event["source"])))
def test_any_legal_batch_is_given_back_as_it_was_sent(sent: list[dict[str, Any]]) -> None:
    log = MemoryLog()
    for status in ("created", "duplicate"):
        code, body = answered(log, json.dumps(sent), content_type=CLOUD_EVENTS)
        assert code == 200
        assert [result["status"] for result in json.loads(body)["results"]] == [status] * len(sent)
    found = {(event["id"], event["source"]): event for event in given_back(log)}
    assert found == {(event["id"], event["source"]): event for event in sent}


@given(st.dictionaries(names, texts, max_size=3), texts, texts, st.binary())
def test_any_headers_and_bytes_are_given_back_as_they_were_sent(
    extensions: dict[str, str], id: str, subject: str, body: bytes
) -> None:
    log = MemoryLog()
    sent = {**GOOD, **extensions, "id": id, "subject": subject}
    headers = {f"ce_{name}": quote(value, safe="/:") for name, value in sent.items()}
    status, _ = answered(log, body, content_type="application/octet-stream", **headers)
    assert status == 201
    kept = {"data_base64": base64.b64encode(body).decode()} if body else {}
    assert given_back(log) == [{**sent, "datacontenttype": "application/octet-stream", **kept}]


def test_what_has_no_field_of_its_own_is_kept_in_one_and_the_payload_stays_the_data() -> None:
    log = MemoryLog()
    links = {"correlationid": "c", "causationid": "k", "traceparent": TRACE}
    assert structured(GOOD | links | {"b": 1, "a": True, "data": {"x": 0.1}}, log)[0] == 201
    event = json.loads(log.events["1"].to_json())
    assert event["cloudevent"] == {"a": True, "b": 1}
    assert event["payload"] == {"x": 0.1}
    fields = ("correlation_id", "causation_id", "traceparent")
    assert [event[name] for name in fields] == ["c", "k", TRACE]


def test_numbers_of_the_data_keep_their_digits() -> None:
    log = MemoryLog()
    data = '{"n":[1e400,9007199254740993,0.10,-0.0]}'
    answered(log, f'{json.dumps(GOOD)[:-1]},"data":{data}}}', content_type=CLOUD_EVENT)
    assert writer(CLOUD_EVENT)(log.events["1"]).endswith(f'"data":{data}}}')


def test_the_trace_of_the_request_is_for_events_that_name_none() -> None:
    log = MemoryLog()
    for members in ({"id": "1"}, {"id": "2", "traceparent": "unknown"}):
        body = json.dumps(GOOD | members)
        answered(log, body, content_type=CLOUD_EVENT, traceparent=TRACE)
    assert [event.get("traceparent") for event in given_back(log)] == [TRACE, "unknown"]
    assert [event.traceparent for event in log.events.values()] == [TRACE, None]


def test_an_event_of_plain_json_is_a_cloud_event_too() -> None:
    at = "2026-11-23T10:00:00.000000Z"
    plain = an_event("1", correlation_id="c").recorded(at=at)
    assert json.loads(writer(CLOUD_EVENT)(plain)) == {
        "specversion": "1.0",
        "id": "1",
        "source": "/events",
        "type": "string",
        "time": at,
        "datacontenttype": "application/json",
        "correlationid": "c",
        "data": {"key1": "value1"},
    }
    odd = an_event("1", type="a\nb", source="my shop: 7", subject="\ufffe").recorded(at=at)
    event = json.loads(writer(CLOUD_EVENT)(odd))
    named = [event[name] for name in ("type", "source", "subject")]
    assert named == ["a%0Ab", "my%20shop%3A%207", "%EF%BF%BE"]
    assert structured(event)[0] == 201


def test_plain_json_cannot_pass_for_a_cloud_event() -> None:
    body = '{"id":"1","type":"t","payload":1,"cloudevent":{}}'
    told = errors(answered(MemoryLog(), body, content_type="application/json"))
    assert told == {"cloudevent": "is set by the log; to have it set, send a CloudEvent"}


def test_other_content_of_one_source_and_id_conflicts_under_either_key() -> None:
    log = MemoryLog()
    for source in ("/a", "/b"):
        assert structured(GOOD | {"source": source, "data": 1}, log)[0] == 201
        assert structured(GOOD | {"source": source, "data": 1}, log)[0] == 200
        assert structured(GOOD | {"source": source, "data": 2}, log)[0] == 409
        assert structured(GOOD | {"source": source, "data": 1, "comexample": 1}, log)[0] == 409
    assert [event["id"] for event in given_back(log)] == ["1", "1"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("[]", CLOUD_EVENTS, 200),
        ("[]", CLOUD_EVENT, 400),
        (json.dumps(GOOD), CLOUD_EVENTS, 400),
        (json.dumps([GOOD]), CLOUD_EVENT, 400),
        ("", CLOUD_EVENT, 400),
        (json.dumps(GOOD), f"{CLOUD_EVENT}; charset=UTF-8", 201),
        (json.dumps(GOOD), f"{CLOUD_EVENT}; charset=latin-1", 415),
        (json.dumps(GOOD), "application/cloudevents+avro", 415),
        (json.dumps(GOOD), "application/cloudevents", 415),
        (json.dumps([GOOD] * 501), CLOUD_EVENTS, 400),
    ],
)
def test_the_content_type_says_the_mode(body: str, content_type: str, status: int) -> None:
    assert answered(MemoryLog(), body, content_type=content_type)[0] == status


def test_lines_are_events_each_on_its_own() -> None:
    line = '{"id":"%s","type":"t","payload":1}'
    body = "\r\n".join([line % 1, "", "no json", "[]", f"[{line % 3}]", line % 2]) + "\n"
    status, answer = answered(MemoryLog(), body, content_type=NDJSON, Accept=NDJSON)
    results = [json.loads(text) for text in answer.splitlines()]
    assert status == 200
    assert [one["status"] for one in results] == ["created", *["invalid"] * 3, "created"]
    assert results[1]["problem"]["line"] == 3, "blank lines count"
