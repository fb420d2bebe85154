"""The search projection on the real engine: one document per event, whatever is delivered."""

import json
from types import SimpleNamespace

import pytest

from domain.metrics import DEGRADED
from projections.opensearch import Answer
from projections.search_names import ALIAS, NEXT_ALIAS, SEARCH, index_name
from projections.search_requests import OpenSearchRefusedError
from projections.search_setup import put_template, set_up
from projections.search_template import template_body
from projections.stream import event_id, handler_of
from tests.builders import an_event
from tests.opensearch import SearchEngine
from tests.projections.searches import DECEMBER, NOVEMBER, Faulty, ids, projection, recorded
from tests.records import record_of
from tests.telemetry import Told


@pytest.fixture
def ready(search_engine: SearchEngine) -> SearchEngine:
    set_up(search_engine)
    return search_engine


def test_each_event_is_in_the_index_of_its_month(ready: SearchEngine) -> None:
    assert projection(ready).project([recorded("1"), recorded("2", at=DECEMBER)]) == []
    assert [ready.count(index_name(1, at)) for at in (NOVEMBER, DECEMBER)] == [1, 1]
    assert ready.count() == 2


def test_the_document_has_the_envelope_and_the_event_as_it_is(ready: SearchEngine) -> None:
    fields = {"source": "/shop", "subject": "s", "correlation_id": "c", "causation_id": "k"}
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    new = an_event("1", time="2026-01-31t12:00:00+01:00", traceparent=trace, **fields)
    event = new.recorded(at=NOVEMBER, by="someone")
    assert projection(ready).project([event]) == []
    [hit] = ready.search({"match_all": {}})
    document = hit["_source"]
    assert document.pop("event") == {
        "id": "1",
        "action": "string",
        "created": NOVEMBER,
        "hash": event.hash,
        "original": event.to_json(),
    }
    assert document == {
        "@timestamp": "2026-01-31T11:00:00.000000Z",
        "source": "/shop",
        "subject": "s",
        "labels": {"correlation_id": "c", "causation_id": "k"},
        "trace": {"id": "0af7651916cd43dd8448eb211c80319c"},
        "span": {"id": "b7ad6b7169203331"},
        "user": {"id": "someone"},
        "keyword": {"key1": "value1"},
        "payload": {"key1": "value1"},
    }


def test_redelivery_and_replay_change_no_count(ready: SearchEngine) -> None:
    events = [recorded(str(n)) for n in range(20)]
    projector = projection(ready)
    for delivered in (events[:12], events[5:], events, [*events, *events]):
        assert projector.project(delivered) == []
    assert projection(ready).project(events) == []
    assert ready.count() == 20


def test_an_id_that_opensearch_cannot_take_has_a_digest_in_its_place(ready: SearchEngine) -> None:
    long = "\U0001f600" * 256
    assert projection(ready).project([recorded(long), recorded("short")]) == []
    assert ids(ready, {"term": {"event.id": long}}) == [long]
    assert ready.count() == 2


def test_two_generations_are_written_while_one_is_rebuilt(ready: SearchEngine) -> None:
    projector = projection(ready)
    projector.project([recorded("1")])
    put_template(ready, 2, alias=NEXT_ALIAS)
    ready.json("PUT", f"/{index_name(2, NOVEMBER)}")
    assert projector.project([recorded("2"), recorded("3", at=DECEMBER)]) == []
    assert ids(ready, {"match_all": {}}) == ["1", "2", "3"]
    assert ids(ready, {"match_all": {}}, index=NEXT_ALIAS) == ["2", "3"]


def test_an_event_is_not_parked_while_one_generation_may_still_take_it(ready: SearchEngine) -> None:
    put_template(ready, 2, alias=NEXT_ALIAS)
    for generation in (1, 2):
        ready.json("PUT", f"/{index_name(generation, NOVEMBER)}")

    def refuse(path: str, body: bytes | None) -> Answer | None:
        status = {f"/{ALIAS}-1": 503, f"/{ALIAS}-2": 400}.get(path[: len(ALIAS) + 3])
        item = {"create": {"status": status, "error": "why"}}
        return Answer(200, json.dumps({"items": [item]}).encode()) if "_bulk" in path else None

    [failure] = projection(Faulty(ready, refuse)).project([recorded("1")])
    assert (failure.passing, failure.reason) == (True, "503: why")


def test_the_generation_outlives_its_last_index(ready: SearchEngine) -> None:
    ready.empty()
    put_template(ready, 7, alias=ALIAS)
    assert projection(ready).project([recorded("1")]) == []
    assert ready.count(index_name(7, NOVEMBER)) == 1
    assert set_up(ready) == [7]


def test_a_template_that_was_lost_is_set_up_again_whatever_its_generation(
    ready: SearchEngine,
) -> None:
    ready.empty()
    put_template(ready, 3, alias=ALIAS)
    assert projection(ready).project([recorded("1")]) == []
    ready.json("DELETE", f"/_index_template/{ALIAS}-3")
    [failure] = projection(ready).project([recorded("2", at=DECEMBER)])
    assert "search is not set up" in failure.reason
    assert set_up(ready) == [3]
    assert projection(ready).project([recorded("2", at=DECEMBER)]) == []


def test_an_index_that_cannot_be_made_is_a_fault_that_is_told(ready: SearchEngine) -> None:
    def full(path: str, body: bytes | None) -> Answer | None:
        making = path.endswith(index_name(1, NOVEMBER))
        error = b'{"error": {"type": "validation_exception", "reason": "maximum shards open"}}'
        return Answer(400, error) if making else None

    with pytest.raises(OpenSearchRefusedError, match="maximum shards open"):
        projection(Faulty(ready, full)).project([recorded("1")])


def test_an_index_that_was_deleted_is_made_again_with_all_its_fields(ready: SearchEngine) -> None:
    projector = projection(ready)
    projector.project([recorded("1")])
    ready.json("DELETE", f"/{index_name(1, NOVEMBER)}")
    assert projector.project([recorded("2")]) == []
    assert ids(ready, {"term": {"number.a": 1}}) == ["2"]


def test_without_a_template_no_index_is_made_and_the_stream_keeps_the_events(
    search_engine: SearchEngine,
) -> None:
    [failure] = projection(search_engine).project([recorded("1")])
    assert failure.passing
    assert "search is not set up" in failure.reason
    assert search_engine.ask("GET", f"/{index_name(1, NOVEMBER)}").status == 404


def test_setting_up_again_changes_nothing(ready: SearchEngine) -> None:
    before = ready.json("GET", f"/_index_template/{ALIAS}-1")
    projection(ready).project([recorded("1")])
    assert set_up(ready) == [1]
    assert ready.json("GET", f"/_index_template/{ALIAS}-1") == before
    assert ready.count() == 1


def test_what_opensearch_refuses_for_good_is_parked_with_its_reason(ready: SearchEngine) -> None:
    beyond = recorded("beyond", at="9999-01-01T00:00:00.000000Z")
    none = recorded("none", at="yesterday")
    failures = projection(ready).project([beyond, recorded("1"), none])
    reasons = {failure.event.id: failure.reason for failure in failures}
    assert not any(failure.passing for failure in failures)
    assert reasons["beyond"].startswith("400: ")
    assert "event.created" in reasons["beyond"]
    assert reasons["none"] == "recorded_at is no time: 'yesterday'"
    assert ids(ready, {"match_all": {}}) == ["1"]


def test_two_types_that_disagree_about_a_path_harm_neither(ready: SearchEngine) -> None:
    values = ['"old"', "7", "true", '"2026-01-31"', '{"b":1}', "[1]", "null", '[{"b":"x"}]']
    events = [recorded(str(n), f'{{"a":{value}}}', type=f"t{n}") for n, value in enumerate(values)]
    assert projection(ready).project(events) == []
    found = {
        field: ids(ready, {"exists": {"field": field}})
        for field in ("keyword.a", "number.a", "boolean.a", "date.a", "number.a/b", "keyword.a/b")
    }
    assert found == {
        "keyword.a": ["0"],
        "number.a": ["1", "5"],
        "boolean.a": ["2"],
        "date.a": ["3"],
        "number.a/b": ["4"],
        "keyword.a/b": ["7"],
    }
    assert ready.count() == len(values)


def test_a_full_index_takes_events_without_their_new_fields_and_counts_them(
    search_engine: SearchEngine,
) -> None:
    set_up(search_engine, max_fields=18)
    # Two projectors that do not know of each other's fields fill the index up.
    one, other = (projection(search_engine, max_fields=18) for _ in range(2))
    events = [
        recorded(str(n), json.dumps({f"t{n}f{m}": m for m in range(5)}), type=f"t{n}")
        for n in range(12)
    ]
    assert [
        one.project([a]) or other.project([b])
        for a, b in zip(events[::2], events[1::2], strict=True)
    ] == [[]] * 6
    mapping = search_engine.json("GET", f"/{index_name(1, NOVEMBER)}/_mapping")
    [about] = mapping.values()
    assert len(about["mappings"]["properties"]["number"]["properties"]) == 18
    assert search_engine.count() == 12
    degraded = ids(search_engine, {"term": {"degraded": "index-fields"}})
    assert len(degraded) == 9
    counted = one.measured() + other.measured()
    assert counted[DEGRADED, SEARCH] == 9
    assert ids(search_engine, {"term": {"payload.t11f4": "4"}}) == ["11"]


def test_a_degraded_event_is_counted_once_however_often_it_is_delivered(
    ready: SearchEngine,
) -> None:
    projector = projection(ready)
    events = [recorded("1", '{"a":1e400}'), recorded("2")]
    for _ in range(3):
        projector.project(events)
    assert dict(projector.measured()) == {(DEGRADED, SEARCH): 1}
    assert dict(projector.measured()) == {}


def test_a_batch_is_projected_parked_and_counted(ready: SearchEngine) -> None:
    projector, told, parked = projection(ready), Told(), {}
    handle = handler_of(
        project=projector.project,
        measured=projector.measured,
        park=lambda record, reason: parked.update({event_id(record): reason}),
        projector=SEARCH,
        telemetry=told.telemetry,
    )
    beyond = recorded("beyond", at="9999-01-01T00:00:00.000000Z")
    batch = {"Records": [record_of(e) for e in (recorded("1"), beyond, recorded("2", "1e400"))]}
    context = SimpleNamespace(aws_request_id="any", get_remaining_time_in_millis=lambda: 60_000)
    assert [handle(batch, context) for _ in range(2)] == [{"batchItemFailures": []}] * 2
    assert list(parked) == ["beyond"]
    assert told.sums()["Degraded", SEARCH] == 1
    assert ids(ready, {"term": {"degraded": "number-range"}}) == ["2"]


def test_a_search_may_ask_for_every_date_as_dashboards_does(ready: SearchEngine) -> None:
    dates = {f"d{number}": "2026-01-31" for number in range(101)}  # one past OpenSearch's default
    assert projection(ready).project([recorded("1", json.dumps(dates))]) == []
    asked = [f"date.{name}" for name in dates]
    [hit] = ready.search({"match_all": {}}, docvalue_fields=asked)
    assert set(hit["fields"]) == set(asked)


def test_a_word_alone_is_searched_for_in_text_and_ids_however_many_fields_there_are(
    ready: SearchEngine,
) -> None:
    """OpenSearch refuses to look into all fields of an index that has more than 1,024."""
    many = [recorded(str(n), json.dumps({f"n{n}_{k}": k for k in range(250)})) for n in range(5)]
    payload = '{"note":"Fragile glass","flags":["gift_wrapped","a:sign","www.example.org"]}'
    placed = recorded("order-1/placed", payload, type="order.placed", correlation_id="order-1")
    assert projection(ready).project([*many, placed]) == []
    joined = ("placed", "order.placed", "wrapped", "gift_wrapped", "sign", "example")
    for word in ("glass", "order-1", "order-1/placed", *joined):
        found = ids(ready, {"multi_match": {"query": word, "lenient": True}})
        assert found == ["order-1/placed"], word


def test_one_node_alone_is_healthy(ready: SearchEngine) -> None:
    assert projection(ready).project([recorded("1")]) == []
    health = ready.json("GET", f"/_cluster/health/{ALIAS}?wait_for_status=green&timeout=30s")
    assert health["status"] == "green"


def test_a_collection_is_given_no_settings_of_nodes() -> None:
    settings = template_body(1, serverless=True)["template"]["settings"]
    assert not [name for name in settings if "replicas" in name or "slowlog" in name]
    assert settings.keys() < template_body(1)["template"]["settings"].keys()
