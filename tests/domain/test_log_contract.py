"""What every log guarantees: one suite, run on each implementation."""

import threading
from collections.abc import Iterator, Sequence

import pytest

from domain.dynamodb_log import DynamoDBLog
from domain.errors import EventConflictError, EventTooLargeError
from domain.item import MAX_ITEM_BYTES, item_bytes, item_of
from domain.log import Appended, Log
from domain.memory_log import MemoryLog
from tests.builders import an_event
from tests.tables import Tables


@pytest.fixture(params=["memory", "dynamodb"])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    if request.param == "memory":
        yield MemoryLog()
    else:
        tables: Tables = request.getfixturevalue("tables")
        yield DynamoDBLog(tables.client, table=tables.events)


def statuses(outcomes: Sequence[object]) -> list[str]:
    return [
        ("created" if outcome.created else "duplicate")
        if isinstance(outcome, Appended)
        else type(outcome).__name__
        for outcome in outcomes
    ]


def test_an_appended_event_is_found_at_once(log: Log) -> None:
    appended = log.append(an_event("a"), recorded_by="arn:aws:iam::1:user/x")
    assert appended.created
    assert log.get("a") == appended.event
    assert appended.event.recorded_by == "arn:aws:iam::1:user/x"


def test_an_unknown_id_finds_nothing(log: Log) -> None:
    assert log.get("nobody") is None


def test_the_same_content_again_finds_the_first_event(log: Log) -> None:
    first = log.append(an_event("a", payload_text='{"x":1.0,"y":[]}'))
    again = log.append(an_event("a", payload_text='{"y":[],"x":1}'))
    assert (again.created, again.event) == (False, first.event)


def test_other_content_conflicts_and_changes_nothing(log: Log) -> None:
    first = log.append(an_event("a")).event
    with pytest.raises(EventConflictError) as caught:
        log.append(an_event("a", payload_text="2"))
    assert caught.value.stored == first
    assert log.get("a") == first


def test_a_batch_has_one_outcome_per_event_in_order(log: Log) -> None:
    log.append(an_event("old"))
    log.append(an_event("taken"))
    events = [an_event(f"e{number}") for number in range(60)]
    events[7] = an_event("old")
    events[33] = an_event("taken", type="other")
    outcomes = log.append_many(events)
    expected = ["created"] * 60
    expected[7], expected[33] = "duplicate", "EventConflictError"
    assert statuses(outcomes) == expected
    assert [log.get(event.id) is not None for event in events] == [True] * 60


def test_repeats_within_a_batch_are_compared_with_the_first(log: Log) -> None:
    log.append(an_event("stored", payload_text="2"))
    outcomes = log.append_many(
        [
            an_event("new"),
            an_event("new"),
            an_event("new", payload_text="2"),
            an_event("stored", payload_text="1"),
            an_event("stored", payload_text="2"),
        ]
    )
    assert statuses(outcomes) == [
        "created",
        "duplicate",
        "EventConflictError",
        "EventConflictError",
        "duplicate",
    ]


def test_an_empty_batch_is_fine(log: Log) -> None:
    assert log.append_many([]) == []


def test_the_largest_item_is_taken_and_one_byte_more_is_refused_with_its_size(log: Log) -> None:
    smallest = an_event("a", payload_text='""').recorded(at="2026-11-23T10:00:00.000000Z")
    room = MAX_ITEM_BYTES - item_bytes(item_of(smallest))
    fitting = an_event("a", payload_text='"' + "é" * (room // 2) + "x" * (room % 2) + '"')
    too_large = an_event("b", payload_text='"' + "x" * (room + 1) + '"')
    with pytest.raises(EventTooLargeError) as caught:
        log.append(too_large)
    assert (caught.value.size, caught.value.limit) == (MAX_ITEM_BYTES + 1, MAX_ITEM_BYTES)
    assert statuses(log.append_many([too_large, fitting, an_event("b")])) == [
        "EventTooLargeError",
        "created",
        "created",
    ]
    found = log.get("a")
    assert found is not None
    assert found.payload == fitting.payload.text


@pytest.mark.parametrize("in_batches", [False, True])
def test_of_racing_appends_of_one_id_exactly_one_creates(log: Log, in_batches: bool) -> None:
    outcomes: list[object] = []
    start = threading.Barrier(4)

    def race(producer: int) -> None:
        events = [an_event(f"r{n}", payload_text=str(producer % 2)) for n in range(25)]
        start.wait()
        if in_batches:
            outcomes.extend(log.append_many(events))
            return
        for event in events:
            try:
                outcomes.append(log.append(event))
            except EventConflictError as error:
                outcomes.append(error)

    threads = [threading.Thread(target=race, args=(producer,)) for producer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    created = [o.event for o in outcomes if isinstance(o, Appended) and o.created]
    assert sorted(event.id for event in created) == sorted(f"r{n}" for n in range(25))
    assert len(outcomes) == 100
    for event in created:
        assert log.get(event.id) == event
