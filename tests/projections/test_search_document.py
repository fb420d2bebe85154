import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.search_document import MAX_TEXT_CHARACTERS, Document
from projections.search_fields import Field, path_of
from tests.projections.searches import NOVEMBER, recorded


class Every:
    """The fields of an index that has every field."""

    def __contains__(self, field: object) -> bool:
        return True


def document(payload: str, **fields: str) -> dict[str, Any]:
    """The document of an event, in an index that has all its fields."""
    value: dict[str, Any] = json.loads(Document(recorded("1", payload, **fields)).json(Every()))
    return value


def typed(payload: str) -> dict[str, Any]:
    """The members of a document that hold typed scalars."""
    found = document(payload)
    return {name: found[name] for name in ("keyword", "number", "boolean", "date") if name in found}


keys = st.text(st.sampled_from('a.%/* \t\x00é="\\2EF') | st.characters(exclude_categories=["Cs"]))


@given(st.lists(keys, min_size=1, max_size=4), st.lists(keys, min_size=1, max_size=4))
def test_no_two_paths_share_a_name(one: list[str], other: list[str]) -> None:
    def name(path: list[str]) -> str:
        name = ""
        for key in path:
            name = path_of(name, key)
        return name

    assert (name(one) == name(other)) == (one == other)
    assert name(one).count("/") == len(one) - 1
    assert not set(name(one)) & set(".* \t\x00")
    assert name(one)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ('{"order":{"total":1}}', {"number": {"order/total": 1}}),
        ('{"a":[1,"x",true,null,[2,{"b":3}]]}',
         {"number": {"a": [1, 2], "a/b": 3}, "keyword": {"a": "x"}, "boolean": {"a": True}}),
        ('{"items":[{"sku":"p"},{"sku":"q"}]}', {"keyword": {"items/sku": ["p", "q"]}}),
        ('{"":{"a.b":{"c/d":{"* %":1}}}}', {"number": {"%empty/a%2Eb/c%2Fd/%2A%20%25": 1}}),
        ('{"a":"2026-01-31","b":"2026-01-31t12:00:00.123456789+01:00"}',
         {"date": {"a": "2026-01-31", "b": "2026-01-31T11:00:00.123456Z"}}),
        ('{"a":"2026-02-30","b":"2026-01-31T12:00:00","c":"2026","d":""}',
         {"keyword": {"a": "2026-02-30", "b": "2026-01-31T12:00:00", "c": "2026", "d": ""}}),
        ('{"a":"0001-01-01T00:00:00+23:59"}', {"keyword": {"a": "0001-01-01T00:00:00+23:59"}}),
        ('{"a":0.1,"b":1.50,"c":-0.0,"d":-0,"e":1e3,"f":123456789012345}',
         {"number": {"a": 0.1, "b": 1.5, "c": 0.0, "d": 0, "e": 1000.0, "f": 123456789012345}}),
        ('{"a":9007199254740993}',
         {"number": {"a": 9007199254740992.0}, "keyword": {"a": "9007199254740993"}}),
        ('{"a":1180591620717411303424}',
         {"number": {"a": 2.0**70}, "keyword": {"a": "1180591620717411303424"}}),
        ('{"a":1e400,"b":-1E400}', {"keyword": {"a": "1e400", "b": "-1E400"}}),
        ('{"a":1e-400}', {"number": {"a": 0.0}, "keyword": {"a": "1e-400"}}),
        ('{"a":null,"b":[],"c":{},"d":[null,[]]}', {}),
        ("5", {"number": {"value": 5}}),
        ('"x"', {"keyword": {"value": "x"}}),
        ("[true,{}]", {"boolean": {"value": True}}),
        ("null", {}),
    ],
)  # fmt: skip
def test_scalars_are_typed_by_what_they_are(payload: str, expected: dict[str, Any]) -> None:
    assert typed(payload) == expected


@pytest.mark.parametrize(
    ("payload", "flat"),
    [
        ('{"a":1.50,"b":1e400}', {"a": 1.5, "b": float("inf")}),
        ("7", {"value": 7}),
        ('{"a":{"long":"%s","b":1e400}}' % ("x" * 5_000), {"a": {"b": "1e400"}}),
        ('{"a":["%s",1]}' % ("x" * 5_000), {"a": [1]}),
        ('{"%s":1,"b":2}' % ("k" * 2_000), {"b": 2}),
    ],
)
def test_the_flat_object_leaves_out_what_would_break_a_term(payload: str, flat: object) -> None:
    assert document(payload)["payload"] == flat


def nested(levels: int, value: str = "1") -> str:
    return '{"a":' * levels + value + "}" * levels


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ('{"a":1}', None),
        (nested(20), None),
        (nested(21), ["payload-deep"]),
        ('{"a":' + "[" * 20 + "1" + "]" * 20 + "}", ["payload-deep"]),
        ('{"a":"%s"}' % ("x" * 4_096), None),
        ('{"a":"%s"}' % ("x" * 4_097), ["payload-long-string"]),
        ('{"a":%s}' % ("9" * 5_000), ["number-range", "payload-long-string"]),
        ('{"%s":1}' % ("k" * 256), None),
        ('{"%s":1}' % ("k" * 257), ["payload-long-path"]),
        ('{"a":1e400}', ["number-range"]),
        (json.dumps({f"k{n}": n for n in range(250)}), None),
        (json.dumps({f"k{n}": n for n in range(10_000)}), ["event-fields"]),
        (json.dumps(["x" * 4_000] * 30), ["text-cut"]),
        ("not JSON", ["payload-unreadable"]),
        ('{"a":NaN}', ["payload-unreadable"]),
        ("[" * 100_000, ["payload-unreadable"]),
    ],
)
def test_what_is_left_out_is_said(payload: str, words: list[str] | None) -> None:
    event = recorded("1")
    event = type(event)(**{**{n: getattr(event, n) for n in event.__slots__}, "payload": payload})
    value = json.loads(Document(event).json(Every()))
    assert value.get("degraded") == words
    assert value["event"]["original"] == event.to_json()


def test_the_shallowest_fields_are_taken_first_and_then_by_name() -> None:
    payload = json.dumps({"z": {"a": 1}, "c": 1, "b": {"b": 1, "a": 1}, "a": "x"})
    taken = Document(recorded("1", payload), max_fields=3).fields
    assert set(taken) == {
        Field("keyword", "a"),
        Field("number", "c"),
        Field("number", "b/a"),
    }


def test_all_readable_text_is_in_one_field_up_to_a_bound() -> None:
    deep = nested(30, '["deep"]')
    texts = document(f'{{"a":"one","b":[1,"two"],"c":{deep}}}', subject="s")["text"]
    assert texts == ["string", "s", "one", "two", "deep"]
    assert document('["a_b.c:d","1.5"]')["text"] == ["string", "a_b.c:d", "1.5", "a b c d", "1 5"]
    long = document(json.dumps(["x" * 60_000, "y" * 60_000, "z"]))["text"]
    assert sum(map(len, long)) == MAX_TEXT_CHARACTERS
    assert [text[:1] for text in long] == ["s", "x", "y"]


def test_a_field_that_the_index_lacks_is_left_out_and_said_to_be() -> None:
    made = Document(recorded("1", '{"a":1,"b":2}'))
    known = {Field("number", "a")}
    value = json.loads(made.json(known))
    assert (value["number"], value["degraded"]) == ({"a": 1}, ["index-fields"])


def test_a_time_beyond_the_calendar_gives_way_to_when_the_event_was_recorded() -> None:
    value = document("1", time="9999-12-31T23:59:59-01:00")
    assert (value["@timestamp"], value["degraded"]) == (NOVEMBER, ["time-range"])
