"""Any legal event against the real OpenSearch: it is indexed, and found by what it holds."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.event import Event
from projections.search import SearchProjection
from projections.search_fields import MAX_NAME_CHARACTERS, NAMESPACES, path_of
from projections.search_names import ALIAS, document_id
from projections.search_setup import set_up
from tests.builders import Number, json_text, json_values, number_texts, types
from tests.opensearch import SearchEngine
from tests.projections.searches import ids, projection, recorded

Scalar = tuple[str, Any]

dates = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | st.dates().map(str)
keys = st.text(st.sampled_from('a.%/* \t\x00é="\\') | st.characters(exclude_categories=["Cs"]))
scalars = dates | number_texts.map(Number) | st.booleans() | st.text(max_size=30)
payloads = json_values | st.dictionaries(
    keys.map(lambda key: key[:12]),
    scalars | st.lists(scalars, max_size=3) | st.dictionaries(keys, scalars, max_size=3),
    max_size=8,
)


@pytest.fixture(scope="module")
def engine(opensearch: str) -> SearchEngine:
    engine = SearchEngine(opensearch)
    engine.empty()
    set_up(engine)
    return engine


@pytest.fixture(scope="module")
def projector(engine: SearchEngine) -> SearchProjection:
    return projection(engine)


def scalars_of(value: Any, path: str = "") -> Iterator[Scalar]:
    """Every scalar as the term that must find it; in the words of the documentation."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from scalars_of(member, path_of(path, key))
    elif isinstance(value, list):
        for element in value:
            yield from scalars_of(element, path or "value")
    elif isinstance(value, bool):
        yield f"boolean.{path or 'value'}", value
    elif isinstance(value, Number):
        finite = abs(float(value.text)) != float("inf")
        yield (
            (f"number.{path or 'value'}", float(value.text) + 0.0)
            if finite
            else (f"keyword.{path or 'value'}", value.text)
        )
    elif isinstance(value, str):
        is_date = value[:4].isdecimal() and value[4:5] == "-"
        yield f"{'date' if is_date else 'keyword'}.{path or 'value'}", value


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(types, payloads), min_size=1, max_size=4), st.data())
def test_any_legal_event_is_found_by_id_type_and_one_of_its_scalars_or_says_why_not(
    engine: SearchEngine,
    projector: SearchProjection,
    made: list[tuple[str, Any]],
    data: st.DataObject,
) -> None:
    events = [recorded(str(uuid.uuid4()), json_text(value), type=type) for type, value in made]
    assert projector.project(events) == []
    found = []
    for event, (type, value) in zip(events, made, strict=True):
        terms = [("event.id", event.id), ("event.action", type)]
        if indexed := [one for one in scalars_of(value) if len(one[0]) <= MAX_NAME_CHARACTERS]:
            terms.append(data.draw(st.sampled_from(indexed)))
        filters = [{"term": {field: text}} for field, text in terms]
        found.append({"bool": {"filter": filters}})
    assert ids(engine, {"bool": {"should": found}}) == sorted(event.id for event in events)


def engine_document(engine: SearchEngine, event: Event) -> dict[str, Any]:
    source: dict[str, Any] = engine.search({"ids": {"values": [document_id(event.id)]}})[0][
        "_source"
    ]
    return source


ODDITIES = {
    "a string of 32,766 bytes": json.dumps({"a": "x" * 32_766}),
    "a string of 300,000 characters": json.dumps({"a": "\U0001f600" * 75_000}),
    "the longest exact string in the longest path": json.dumps(
        {"\U0001f600" * 1_022: "\U0001f600" * 4_096}
    ),
    "a key of 40,000 bytes": json.dumps({"k" * 40_000: 1}),
    "255 levels of objects": '{"a":' * 255 + "1" + "}" * 255,
    "255 levels of arrays": "[" * 255 + "1" + "]" * 255,
    "an empty key": '{"":{"":{"":1}}}',
    "dots": '{".":1,"..":2,"a.":3,".a":4,"a..b":5,"a.b.c":{"d.e":6}}',
    "names of OpenSearch": '{"_id":1,"_source":2,"payload":{"payload":3},"keyword":{"number":4}}',
    "control characters": r'{"\u0000":"\u0000","\u0009":"\u001f"," ":"\u2028","\u00a0":1}',
    "arrays of mixed types": '{"a":[1,"x",true,null,{"b":[2,{"c":"y"}]},[[3]],"2026-01-31"]}',
    "10,000 keys": json.dumps({f"k{n}": n for n in range(10_000)}),
    "10,000 values": json.dumps({"a": list(range(10_000))}),
    "numbers": '{"a":1e400,"b":1180591620717411303424,"c":-0.0,"d":1e-400,"e":5e-324,"f":1.50}',
    "years": '{"a":"0001-01-01","b":"9999-12-31","c":"9999-12-31T23:59:60Z"}',
    "a value alone": '"x"',
}


def test_no_shape_of_a_payload_is_refused(
    engine: SearchEngine, projector: SearchProjection
) -> None:
    events = {name: recorded(name, payload) for name, payload in ODDITIES.items()}
    assert projector.project(list(events.values())) == []
    for event in events.values():
        assert engine_document(engine, event)["event"]["original"] == event.to_json()
    degraded = {
        name: words
        for name, event in events.items()
        if (words := engine_document(engine, event).get("degraded"))
    }
    assert degraded == {
        "a string of 32,766 bytes": ["payload-long-string"],
        "a string of 300,000 characters": ["payload-long-string"],
        "the longest exact string in the longest path": ["payload-long-path"],
        "a key of 40,000 bytes": ["payload-long-path"],
        "255 levels of objects": ["payload-deep"],
        "255 levels of arrays": ["payload-deep"],
        "10,000 keys": ["event-fields"],
        "numbers": ["number-range"],
    }


@pytest.mark.parametrize(
    ("field", "text", "name"),
    [
        ("payload.k9999", "9999", "10,000 keys"),
        ("payload.a", "1e400", "numbers"),
        ("payload.f", "1.50", "numbers"),
        ("number.c", "0", "numbers"),
        ("payload.a.b.c", "y", "arrays of mixed types"),
        ("number.a/b", "2", "arrays of mixed types"),
        ("payload.value", "x", "a value alone"),
        ("number.%empty/%empty/%empty", "1", "an empty key"),
        ("number.a%2Eb%2Ec/d%2Ee", "6", "dots"),
        ("date.c", "9999-12-31T23:59:59Z", "years"),
        ("number.a", "9999", "10,000 values"),
    ],
)
def test_an_odd_value_is_found_where_the_documentation_says(
    engine: SearchEngine, projector: SearchProjection, field: str, text: str, name: str
) -> None:
    projector.project([recorded(name, ODDITIES[name])])
    assert ids(
        engine, {"bool": {"filter": [{"term": {field: text}}, {"term": {"event.id": name}}]}}
    ) == [name]


def test_a_month_has_its_mapping_whatever_was_sent(
    engine: SearchEngine, projector: SearchProjection
) -> None:
    projector.project([recorded(name, payload) for name, payload in ODDITIES.items()])
    for about in engine.json("GET", f"/{ALIAS}/_mapping").values():
        assert about["mappings"]["dynamic"] == "false"
        properties = about["mappings"]["properties"]
        for namespace, type in NAMESPACES.items():
            assert {one["type"] for one in properties[namespace]["properties"].values()} == {type}
