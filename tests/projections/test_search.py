"""The search projection on the real engine: one document per event, whatever is delivered."""

import json
from collections.abc import Callable

import pytest

from domain.metrics import DEGRADED
from projections import search_bulk
from projections.opensearch import Answer, OpenSearch, OpenSearchUnavailableError
from projections.search import SEARCH
from projections.search_names import ALIAS, NEXT_ALIAS, index_name
from projections.search_requests import OpenSearchRefusedError
from projections.search_setup import put_template, set_up
from tests.builders import an_event
from tests.opensearch import SearchEngine
from tests.projections.searches import DECEMBER, NOVEMBER, ids, projection, recorded


@pytest.fixture
def ready(search_engine: SearchEngine) -> SearchEngine:
    set_up(search_engine)
    return search_engine


class Faulty:
    """An OpenSearch that answers some requests with what `fault` gives instead."""

    def __init__(
        self, opensearch: OpenSearch, fault: Callable[[str, bytes | None], Answer | None]
    ) -> None:
        self._opensearch = opensearch
        self._fault = fault
        self.asked: list[str] = []
        self.sizes: list[int] = []

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float | None = None
    ) -> Answer:
        self.asked.append(f"{method} {path}")
        self.sizes.append(len(body or b""))
        return self._fault(path, body) or self._opensearch.ask(method, path, body, timeout=timeout)


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


def test_the_generation_outlives_its_last_index(ready: SearchEngine) -> None:
    ready.empty()
    put_template(ready, 7, alias=ALIAS)
    assert projection(ready).project([recorded("1")]) == []
    assert ready.count(index_name(7, NOVEMBER)) == 1
    assert set_up(ready) == [7]


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


def test_items_that_are_throttled_are_sent_again_and_alone(ready: SearchEngine) -> None:
    bodies: list[bytes] = []

    def throttle_one(path: str, body: bytes | None) -> Answer | None:
        if "_bulk" not in path or body is None:
            return None
        bodies.append(body)
        if len(bodies) > 1:
            return None
        error = {"type": "rejected_execution_exception", "reason": "full"}
        rest = ready.ask("POST", path, b"\n".join(body.split(b"\n")[2:])).json()["items"]
        items = [{"create": {"status": 429, "error": error}}, *rest]
        return Answer(200, json.dumps({"items": items}).encode())

    assert projection(Faulty(ready, throttle_one)).project([recorded("1"), recorded("2")]) == []
    assert [body.count(b"\n") for body in bodies] == [4, 2]
    assert ready.count() == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_stays_throttled_or_broken_is_left_to_the_stream(
    ready: SearchEngine, status: int
) -> None:
    def busy(path: str, body: bytes | None) -> Answer | None:
        return Answer(status, b'{"error":"busy"}') if "_bulk" in path else None

    faulty = Faulty(ready, busy)
    [failure] = projection(faulty).project([recorded("1")])
    assert (failure.passing, failure.reason) == (True, f"{status}: busy")
    assert sum("_bulk" in request for request in faulty.asked) == 5


@pytest.mark.parametrize(("status", "passing"), [(400, False), (403, True), (404, True)])
def test_a_refusal_that_is_not_about_the_document_parks_none(
    ready: SearchEngine, status: int, passing: bool
) -> None:
    def refuse(path: str, body: bytes | None) -> Answer | None:
        item = {"create": {"status": status, "error": {"type": "x", "reason": "y"}}}
        text = json.dumps({"items": [item]})
        return Answer(200, text.encode()) if "_bulk" in path else None

    [failure] = projection(Faulty(ready, refuse)).project([recorded("1")])
    assert (failure.passing, failure.reason) == (passing, f"{status}: x: y")


def test_an_engine_that_is_away_or_slow_keeps_all_events_in_the_stream() -> None:
    def away(path: str, body: bytes | None) -> Answer | None:
        raise OpenSearchUnavailableError("refused")

    events = [recorded("1"), recorded("none", at="yesterday")]
    failures = projection(Faulty(SearchEngine("http://127.0.0.1:9"), away)).project(events)
    assert [(one.event.id, one.passing) for one in failures] == [("1", True), ("none", True)]


def test_a_missing_permission_is_a_fault_and_parks_none(ready: SearchEngine) -> None:
    def forbid(path: str, body: bytes | None) -> Answer | None:
        return Answer(403, b'{"message":"no permission"}') if "_bulk" in path else None

    with pytest.raises(OpenSearchRefusedError, match="403"):
        projection(Faulty(ready, forbid)).project([recorded("1")])


def test_requests_are_sized_by_bytes(ready: SearchEngine) -> None:
    events = [recorded(str(n), json.dumps({"a": "x" * 300_000})) for n in range(16)]
    faulty = Faulty(ready, lambda path, body: None)
    assert projection(faulty).project(events) == []
    sizes = [
        size for size, asked in zip(faulty.sizes, faulty.asked, strict=True) if "_bulk" in asked
    ]
    assert len(sizes) > 1
    assert max(sizes) <= search_bulk.MAX_BYTES
    assert ready.count() == 16


def test_a_request_that_is_too_large_is_halved_until_the_document_itself_is(
    ready: SearchEngine,
) -> None:
    def small(path: str, body: bytes | None) -> Answer | None:
        too_large = "_bulk" in path and body is not None and len(body) > 3_000
        return Answer(413, b"too large") if too_large else None

    events = [recorded(str(n), json.dumps("x" * size)) for n, size in enumerate([9, 5_000, 9, 9])]
    [failure] = projection(Faulty(ready, small)).project(events)
    assert (failure.event.id, failure.passing, failure.reason) == ("1", False, "413: too large")
    assert ids(ready, {"match_all": {}}) == ["0", "2", "3"]


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
    set_up(search_engine, max_fields=20)
    # Two projectors that do not know of each other's fields fill the index up.
    one, other = (projection(search_engine, max_fields=20) for _ in range(2))
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
    assert len(about["mappings"]["properties"]["number"]["properties"]) == 20
    assert search_engine.count() == 12
    degraded = ids(search_engine, {"term": {"degraded": "index-fields"}})
    assert len(degraded) == 8
    counted = one.measured() + other.measured()
    assert counted[DEGRADED, SEARCH] == 8
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
