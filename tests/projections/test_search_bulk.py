"""Bulk requests that go wrong, before the real engine: nothing is lost, or parked too soon."""

import json

import pytest

from projections import search_bulk
from projections.opensearch import Answer, OpenSearchUnavailableError
from projections.search_requests import OpenSearchRefusedError
from projections.search_setup import set_up
from tests.opensearch import SearchEngine
from tests.projections.searches import Faulty, ids, projection, recorded


@pytest.fixture(scope="module")
def engine(opensearch: str) -> SearchEngine:
    """Set up once: each test has events of its own."""
    engine = SearchEngine(opensearch)
    engine.empty()
    set_up(engine)
    return engine


def test_items_that_are_throttled_are_sent_again_and_alone(engine: SearchEngine) -> None:
    bodies: list[bytes] = []

    def throttle_one(path: str, body: bytes | None) -> Answer | None:
        if "_bulk" not in path or body is None:
            return None
        bodies.append(body)
        if len(bodies) > 1:
            return None
        error = {"type": "rejected_execution_exception", "reason": "full"}
        rest = engine.ask("POST", path, b"\n".join(body.split(b"\n")[2:])).json()["items"]
        items = [{"create": {"status": 429, "error": error}}, *rest]
        return Answer(200, json.dumps({"items": items}).encode())

    events = [recorded("throttled-1"), recorded("throttled-2")]
    assert projection(Faulty(engine, throttle_one)).project(events) == []
    assert [body.count(b"\n") for body in bodies] == [4, 2]
    assert len(ids(engine, {"prefix": {"event.id": "throttled-"}})) == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_stays_throttled_or_broken_is_left_to_the_stream(
    engine: SearchEngine, status: int
) -> None:
    def busy(path: str, body: bytes | None) -> Answer | None:
        return Answer(status, b'{"error":"busy"}') if "_bulk" in path else None

    faulty = Faulty(engine, busy)
    [failure] = projection(faulty).project([recorded("1")])
    assert (failure.passing, failure.reason) == (True, f"{status}: busy")
    assert sum("_bulk" in request for request in faulty.asked) == 5


@pytest.mark.parametrize(("status", "passing"), [(400, False), (403, True), (404, True)])
def test_a_refusal_that_is_not_about_the_document_parks_none(
    engine: SearchEngine, status: int, passing: bool
) -> None:
    def refuse(path: str, body: bytes | None) -> Answer | None:
        item = {"create": {"status": status, "error": {"type": "x", "reason": "y"}}}
        text = json.dumps({"items": [item]})
        return Answer(200, text.encode()) if "_bulk" in path else None

    [failure] = projection(Faulty(engine, refuse)).project([recorded("1")])
    assert (failure.passing, failure.reason) == (passing, f"{status}: x: y")


def test_an_engine_that_is_away_or_slow_keeps_all_events_in_the_stream() -> None:
    def away(path: str, body: bytes | None) -> Answer | None:
        raise OpenSearchUnavailableError("refused")

    events = [recorded("1"), recorded("none", at="yesterday")]
    failures = projection(Faulty(SearchEngine("http://127.0.0.1:9"), away)).project(events)
    assert [(one.event.id, one.passing) for one in failures] == [("1", True), ("none", True)]


def test_a_missing_permission_is_a_fault_and_parks_none(engine: SearchEngine) -> None:
    def forbid(path: str, body: bytes | None) -> Answer | None:
        return Answer(403, b'{"message":"no permission"}') if "_bulk" in path else None

    with pytest.raises(OpenSearchRefusedError, match="403"):
        projection(Faulty(engine, forbid)).project([recorded("1")])


def test_requests_are_sized_by_bytes(engine: SearchEngine) -> None:
    events = [recorded(f"sized-{n}", json.dumps({"a": "x" * 300_000})) for n in range(16)]
    faulty = Faulty(engine, lambda path, body: None)
    assert projection(faulty).project(events) == []
    sizes = [
        size for size, asked in zip(faulty.sizes, faulty.asked, strict=True) if "_bulk" in asked
    ]
    assert len(sizes) > 1
    assert max(sizes) <= search_bulk.MAX_BYTES
    assert len(ids(engine, {"prefix": {"event.id": "sized-"}})) == 16


def test_a_request_that_is_too_large_is_halved_until_the_document_itself_is(
    engine: SearchEngine,
) -> None:
    def small(path: str, body: bytes | None) -> Answer | None:
        too_large = "_bulk" in path and body is not None and len(body) > 3_000
        return Answer(413, b"too large") if too_large else None

    events = [
        recorded(f"half-{n}", json.dumps("x" * size)) for n, size in enumerate([9, 5_000, 9, 9])
    ]
    [failure] = projection(Faulty(engine, small)).project(events)
    assert (failure.event.id, failure.passing, failure.reason) == (
        "half-1",
        False,
        "413: too large",
    )
    assert ids(engine, {"prefix": {"event.id": "half-"}}) == ["half-0", "half-2", "half-3"]
