"""What breaks a rule of CloudEvents 1.0.2 gets a 400 that names the attribute and the rule.

The rules are in the order of the specification: of attributes, of the JSON event format, and of
the HTTP binding; each has its section's name.
https://github.com/cloudevents/spec/tree/ce%40v1.0.2/cloudevents
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from api.http import CLOUD_EVENT, CLOUD_EVENTS
from api.write import build
from domain.memory_log import MemoryLog
from tests.cloud_events import GOOD, answered, binary, errors, structured
from tests.requests import post
from tests.telemetry import CONTEXT, Told

Breach = tuple[Any, str, str]
"""What is sent, the attribute that the answer names, and a part of what it says of the rule."""

NO_NAME = "lower-case letters and digits"
EMPTY = "must be a string that is not empty"
NO_VALUE = "a string, a boolean or a whole number"
REFERENCE = "must be a URI-reference (RFC 3986)"
ABSOLUTE = "must be an absolute URI without a fragment (RFC 3986, 4.3)"
MEDIA = "must be a media type"
MOMENT = "must be a timestamp of RFC 3339"
BASE64 = "must be a string in base64 (RFC 4648, section 4)"

STRINGS = (*GOOD, "subject", "time", "datacontenttype", "dataschema")


def each(name: str, rule: str, *values: Any) -> list[Breach]:
    """Every value of an attribute breaks the same rule."""
    return [({name: value}, name, rule) for value in values]


OF_ATTRIBUTES: Mapping[str, Iterable[Breach]] = {
    "Attribute Naming Convention": [
        ({name: "x"}, name, NO_NAME)
        for name in (
            "comExample",
            "com-example",
            "com_example",
            "com.example",
            "a b",
            "é",
            "ID",
            "",
        )
    ],
    "Type System: Boolean, Integer, String": [
        *each("ext", NO_VALUE, 1.5, [1], [], {}, {"a": 1}),
        *each("ext", "a whole number of 32 bits", 2**31, -(2**31) - 1),
    ],
    "Type System: String": [
        *each("type", "no control characters and no noncharacters; U+0085", "a\u0085b"),
        *each("id", "U+000A", "a\nb"),
        *each("ext", "U+007F", "a\x7f"),
        *each("subject", "U+FDD0", "a\ufdd0"),
        *each("subject", "U+FFFF", "a\uffff"),
        *each("subject", "U+1FFFE", "a\U0001fffe"),
    ],
    "REQUIRED Attributes": [({name: None}, name, "is required of a CloudEvent") for name in GOOD],
    "id, source, specversion, type, and OPTIONAL ones if present: non-empty": [
        breach for name in STRINGS for breach in each(name, EMPTY, "")
    ],
    "each of them is a String": [
        *(breach for name in STRINGS for breach in each(name, EMPTY, 1, True)),
        *(breach for name in STRINGS for breach in each(name, NO_VALUE, [], {"a": "b"}, 1.5)),
    ],
    "source": [
        *each("source", REFERENCE, "two words", "1:2", "/%zz", "/é"),
        *each("source", REFERENCE, "http://[::1", "/a|b", "\\", "a#b#c"),
    ],
    "specversion": each("specversion", "must be 1.0", "0.3", "1.0.2", "1", "2.0"),
    "datacontenttype": [
        *each("datacontenttype", MEDIA, "json", "a/", "/b", "a b/c", "text/plain; charset"),
        *each("datacontenttype", MEDIA, "text/plain;c=", "text/plain x"),
    ],
    "dataschema": [
        *each("dataschema", ABSOLUTE, "/relative", "a b:c", "http://é"),
        *each("dataschema", ABSOLUTE, "https://example.com/#part"),
    ],
    "time": [
        *each("time", MOMENT, "now", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z"),
        *each("time", MOMENT, "2026-02-30T12:00:00Z", "2026-01-31T24:00:00Z"),
        *each("time", MOMENT, "2026-01-31T12:00Z", "2026-01-31T12:00:00.Z"),
    ],
    "limits of the log": [
        *each("id", "must have 1 to 256 characters", "x" * 257),
        *each("ext", "together they may take 8,192 characters", "x" * 9_000),
        *each("correlationid", "must have 1 to 256 characters", "x" * 257),
        *each("correlationid", EMPTY, 1),
    ],
}
OF_THE_JSON_FORMAT: Mapping[str, Iterable[Breach]] = {
    "3.1.1: data and data_base64 are mutually exclusive": [
        ({"data": data, "data_base64": "MQ=="}, "data", "must not stand beside data_base64")
        for data in (1, None)
    ],
    "3.1.1: data_base64 is a string in Base64": each(
        "data_base64", BASE64, "MQ", "M Q=", "MQ==\n", "__--", 1, {}
    ),
    "3.1.2: data is a string where datacontenttype is not JSON": [
        ({"datacontenttype": "text/xml", "data": data}, "data", "must be a string where")
        for data in ({"a": 1}, 1, None)
    ],
}


def breaches(rules: Mapping[str, Iterable[Breach]]) -> list[Any]:
    """One case for each breach, with its section's name."""
    return [
        pytest.param(*breach, id=f"{section}: {str(breach[0])[:40]}")
        for section, some in rules.items()
        for breach in some
    ]


@pytest.mark.parametrize(
    ("members", "field", "rule"), breaches({**OF_ATTRIBUTES, **OF_THE_JSON_FORMAT})
)
def test_a_broken_event_is_refused_with_its_attribute_and_the_rule(
    members: dict[str, Any], field: str, rule: str
) -> None:
    assert rule in errors(structured(GOOD | members))[field]


def test_every_broken_rule_is_named_at_once() -> None:
    broken = {"id": "", "source": " ", "time": "now", "comExample": 1.5, "data_base64": "?"}
    assert errors(structured(broken)).keys() == {*broken, "specversion", "type"}


def test_what_is_null_is_unset() -> None:
    unset = dict.fromkeys(("subject", "time", "datacontenttype", "dataschema", "ext"))
    assert structured(GOOD | unset)[0] == 201


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('{"specversion":"1.0","id":"1","source":"/s","type":"t","id":"2"}', "stands twice"),
        ('{"specversion":"1.0","id":"\\ud800","source":"/s","type":"t"}', "lone surrogate"),
        ('{"specversion":"1.0","id":"1","source":"/s","type":"t","ext":01}', "not JSON"),
        ("{", "not JSON"),
        ("\ufeff{}", "not JSON"),
    ],
)
def test_a_text_that_is_no_json_is_refused_as_such(text: str, rule: str) -> None:
    status, body = answered(MemoryLog(), text, content_type=CLOUD_EVENT)
    assert (status, rule in json.loads(body)["detail"]) == (400, True)


@pytest.mark.parametrize("text", ["7", "null", '"text"', "true"])
def test_an_event_is_an_object(text: str) -> None:
    answer = answered(MemoryLog(), text, content_type=CLOUD_EVENT)
    assert errors(answer) == {"": "a CloudEvent is a JSON object"}


def test_a_broken_event_of_a_batch_is_refused_alone_with_its_rule() -> None:
    broken: list[dict[str, Any]] = [{"id": None}, {"specversion": "0.3"}, {"time": "now"}]
    sent = [GOOD, *({**GOOD, **one} for one in broken), 7, {**GOOD, "id": "2"}]
    status, body = answered(MemoryLog(), json.dumps(sent), content_type=CLOUD_EVENTS)
    results = json.loads(body)["results"]
    assert (status, len(results)) == (200, len(sent))
    assert [one["status"] for one in results] == ["created", *["invalid"] * 4, "created"]
    named = [one["problem"]["errors"][0]["field"] for one in results[1:-1]]
    assert named == ["id", "specversion", "time", ""]


OF_HEADERS: Mapping[str, Iterable[Breach]] = {
    "3.1.1: ce-datacontenttype must not be present": each(
        "datacontenttype", "must not stand in ce-", "text/plain"
    ),
    "3.1.3.1: a header's name is ce- and the attribute's": [
        ({"my_ext": "x"}, "my-ext", NO_NAME),
        ({"": "x"}, "", NO_NAME),
        ({"data": "x"}, "data", "none is called data"),
        ({"data_base64": "MQ=="}, "data-base64", NO_NAME),
    ],
    "3.1.3.2: printable ASCII": each("id", "printable ASCII", "é", "a\tb", "€"),
    "3.1.3.2: double-quoted strings": each(
        "id", "quotation mark without its partner", '"open', '"a" b"', '"\\"'
    ),
    "3.1.3.2: percent-encoding": [
        *each("id", "% without two hexadecimal digits", "100%", "%4", "%zz", "%%41"),
        *each("id", "not as UTF-8", "%C0%A0", "%ff", "%ED%A0%80", "%E2%82"),
    ],
    "the attributes' rules, behind the decoding": [
        *each("id", EMPTY, ""),
        *each("subject", "no control characters", "%0A"),
        *each("subject", "U+FDD0", "%EF%B7%90"),
        *each("specversion", "must be 1.0", "0.3"),
        *each("source", REFERENCE, "two%20words"),
        *each("time", MOMENT, "now"),
        *each("dataschema", ABSOLUTE, "/relative"),
    ],
}


@pytest.mark.parametrize(("attributes", "field", "rule"), breaches(OF_HEADERS))
def test_a_broken_header_is_refused_with_its_attribute_and_the_rule(
    attributes: dict[str, str], field: str, rule: str
) -> None:
    assert rule in errors(binary(GOOD | attributes))[field]


@pytest.mark.parametrize("missing", GOOD)
def test_each_required_header_is_asked_for(missing: str) -> None:
    kept = {name: value for name, value in GOOD.items() if name != missing}
    assert errors(binary(kept)) == {missing: "is required of a CloudEvent"}


@pytest.mark.parametrize("content_type", ["json", "text/plain; charset", "a b/c"])
def test_the_content_type_of_binary_mode_is_a_media_type(content_type: str) -> None:
    assert MEDIA in errors(binary(GOOD, b"1", content_type))["datacontenttype"]


@pytest.mark.parametrize("name", ["ce-id", "ce-extension", "content-type"])
def test_an_attribute_stands_in_one_header(name: str) -> None:
    request = post("1", headers={f"ce-{one}": text for one, text in GOOD.items()})
    given = {one.lower(): texts for one, texts in request["multiValueHeaders"].items()}
    request["multiValueHeaders"] = given | {name: ["application/json", "text/plain"]}
    response = build(log=MemoryLog(), telemetry=Told().telemetry)(request, CONTEXT)
    [said] = errors((response["statusCode"], response["body"])).values()
    assert "stands 2 times" in said


@pytest.mark.parametrize(
    ("body", "content_type", "rule"),
    [
        (b"I'm no JSON", "application/json", "must be JSON"),
        (b"I'm no JSON", None, "must be JSON"),
        (b'1,"other":2', "application/json", "one JSON value"),
        (b'{"a":1,"a":2}', "application/json", "stands twice"),
        (b"\xff", "application/json", "not UTF-8"),
        (b"{", "application/vnd.shop+json", "must be JSON"),
        ('"ü"'.encode("utf-16"), "application/json; charset=utf-16", "must be in UTF-8"),
    ],
)
def test_data_that_is_not_the_json_it_is_said_to_be_is_refused(
    body: bytes, content_type: str | None, rule: str
) -> None:
    assert rule in errors(binary(GOOD, body, content_type))["data"]


def test_in_structured_mode_the_body_counts_and_headers_beside_it_do_not() -> None:
    for content_type in (CLOUD_EVENT, CLOUD_EVENT.upper()):
        body = json.dumps(GOOD | {"id": None})
        answer = answered(MemoryLog(), body, content_type=content_type, ce_id="1", ce_source="/s")
        assert errors(answer) == {"id": "is required of a CloudEvent"}
