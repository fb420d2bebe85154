"""Lambda's batch contract: what is projected, what is parked, and what is named as failed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import UnreadableItemError
from domain.event import Event
from projections.stream import (
    PARKING_MILLISECONDS,
    SLICE,
    SLICE_MILLISECONDS,
    ParkingFailedError,
    Unprojected,
    handler_of,
    read_record,
)
from tests.builders import an_event
from tests.records import number_of, record_of
from tests.telemetry import CONTEXT, Told

AT = "2026-11-23T10:00:00.000000Z"
NOW = datetime(2026, 11, 23, 10, 0, 2, 500_000, tzinfo=UTC)


class Invocation:
    """A projector whose projection and parking place can be looked at, and made to falter."""

    def __init__(self, *, milliseconds: int = 60_000, parking: bool = True) -> None:
        self.projected: list[str] = []
        self.parked: dict[str, str] = {}
        self.refusals: dict[str, Unprojected] = {}
        self.told = Told()
        self.aws_request_id = CONTEXT.aws_request_id
        self._milliseconds = milliseconds
        self._parking = parking

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds

    def project(self, events: list[Event]) -> list[Unprojected]:
        self.projected += [event.id for event in events if event.id not in self.refusals]
        return [self.refusals[event.id] for event in events if event.id in self.refusals]

    def park(self, record: dict[str, Any], reason: str) -> None:
        if not self._parking:
            raise ParkingFailedError("S3 is down")
        self.parked[number_of(record)] = reason

    def handle(self, batch: list[dict[str, Any]]) -> list[str]:
        """The sequence numbers that the handler names as failed."""
        handler = handler_of(
            project=self.project,
            park=self.park,
            projector="by-type",
            telemetry=self.told.telemetry,
            now=lambda: NOW,
        )
        answer = handler({"Records": batch}, self)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def refuse(self, record: dict[str, Any], *, passing: bool) -> None:
        event = read_record(record)
        self.refusals[event.id] = Unprojected(event, "too hot", passing)


def records(count: int) -> list[dict[str, Any]]:
    return [record_of(an_event(f"e{n}").recorded(at=AT)) for n in range(count)]


def test_a_record_gives_the_event_that_was_appended() -> None:
    event = an_event("é#/", source="/s", time=AT).recorded(at=AT, by="anna")
    assert read_record(record_of(event)) == event


def test_a_batch_that_is_all_projected_names_no_failure() -> None:
    invocation = Invocation()
    assert invocation.handle(records(2 * SLICE + 7)) == []
    assert invocation.projected == [f"e{n}" for n in range(2 * SLICE + 7)]


def broken(change: str) -> dict[str, Any]:
    [raw] = records(1)
    image = raw["dynamodb"]["NewImage"]
    match change:
        case "no image":
            del raw["dynamodb"]["NewImage"]
        case "no type":
            del image["type"]
        case "number instead of text":
            image["payload"] = {"N": "1"}
        case "unknown attribute":
            image["colour"] = {"S": "red"}
        case "hash is no base64":
            image["hash"] = {"B": "é"}
        case "image is no map":
            raw["dynamodb"]["NewImage"] = "x"
    return raw


@pytest.mark.parametrize(
    "change",
    [
        "no image",
        "no type",
        "number instead of text",
        "unknown attribute",
        "hash is no base64",
        "image is no map",
    ],
)
@pytest.mark.parametrize("position", [0, 12, 24])
def test_an_unreadable_record_anywhere_is_parked_alone(change: str, position: int) -> None:
    poison = broken(change)
    with pytest.raises(UnreadableItemError):
        read_record(poison)
    batch = records(24)
    batch.insert(position, poison)
    invocation = Invocation()
    assert invocation.handle(batch) == []
    assert list(invocation.parked) == [number_of(poison)]
    assert invocation.parked[number_of(poison)].startswith("unreadable: ")
    assert invocation.projected == [f"e{n}" for n in range(24)]


def test_a_refusal_that_may_pass_is_named_and_one_for_good_is_parked() -> None:
    batch = records(5)
    invocation = Invocation()
    invocation.refuse(batch[1], passing=True)
    invocation.refuse(batch[3], passing=False)
    assert invocation.handle(batch) == [number_of(batch[1])]
    assert invocation.parked == {number_of(batch[3]): "too hot"}
    assert invocation.projected == ["e0", "e2", "e4"]
    [told] = invocation.told.at("WARNING")
    assert (told["message"], told["reasons"]) == ("records left to the stream", ["too hot"])


def test_what_cannot_be_parked_is_named_as_failed_and_never_dropped() -> None:
    batch = [broken("no type"), *records(3)]
    invocation = Invocation(parking=False)
    invocation.refuse(batch[2], passing=False)
    assert invocation.handle(batch) == [number_of(batch[0]), number_of(batch[2])]


def test_what_there_is_no_time_to_park_is_named_as_failed() -> None:
    batch = [broken("no type"), *records(3)]
    invocation = Invocation(milliseconds=PARKING_MILLISECONDS - 1)
    assert invocation.handle(batch) == [number_of(batch[0])]
    assert invocation.parked == {}


def test_a_record_that_is_delivered_twice_in_one_batch_shares_its_fate() -> None:
    [record] = records(1)
    invocation = Invocation()
    invocation.refuse(record, passing=True)
    assert invocation.handle([record, record]) == [number_of(record)] * 2


def test_what_there_is_no_time_for_is_named_as_undone() -> None:
    batch = records(3 * SLICE)
    invocation = Invocation(milliseconds=SLICE_MILLISECONDS - 1)
    assert invocation.handle(batch) == [number_of(record) for record in batch[SLICE:]]
    assert len(invocation.projected) == SLICE


def test_a_batch_is_one_line_and_what_is_parked_has_one_with_the_event() -> None:
    batch = [*records(3), broken("no type")]
    invocation = Invocation()
    invocation.refuse(batch[1], passing=False)
    invocation.handle(batch)
    [summary] = invocation.told.at("INFO")
    assert {key: summary[key] for key in ("records", "projected", "parked", "failed")} == {
        "records": 4,
        "projected": 2,
        "parked": 2,
        "failed": 0,
    }
    unreadable, refused = invocation.told.at("ERROR")
    named = refused["event_id"], refused["event_type"], refused["reason"]
    assert named == ("e1", "string", "too hot")
    assert unreadable["reason"].startswith("unreadable: ")
    assert unreadable["event_id"] == "e0"
    assert invocation.told.undocumented() == set()
    for line in invocation.told.lines:
        assert line["correlation_id"] == CONTEXT.aws_request_id


def test_what_is_projected_and_parked_is_counted_with_the_longest_lag() -> None:
    old = record_of(an_event("old").recorded(at="2026-11-23T09:59:59.250000Z"))
    batch = [*records(2 * SLICE), old, broken("no type")]
    invocation = Invocation()
    invocation.handle(batch)
    [_] = invocation.told.emitted
    assert invocation.told.sums() == {
        ("Projected", "by-type"): 2 * SLICE + 1,
        ("Parked", "by-type"): 1,
        ("ProjectionLag", "by-type"): 3_250,
    }


def test_whatever_fails_and_is_delivered_again_is_counted_once() -> None:
    """As Lambda does it: again from the first failed record on, with all that is behind it."""
    late = [record_of(an_event(f"late{n}").recorded(at=AT)) for n in range(3)]
    batch = [*records(4), broken("no type"), *late]
    invocation = Invocation()
    for faulty in (batch[2], batch[5], None):
        invocation.refusals.clear()
        if faulty:
            invocation.refuse(faulty, passing=True)
        failed = invocation.handle(batch)
        batch = batch[batch.index(faulty) :] if faulty else []
        assert bool(failed) is bool(faulty)
    assert len(invocation.projected) > 7, "some were projected more than once"
    sums = invocation.told.sums()
    assert (sums["Projected", "by-type"], sums["Parked", "by-type"]) == (7, 1)


def test_a_batch_that_raises_counts_nothing_since_all_of_it_comes_again() -> None:
    invocation = Invocation()

    def fail(events: list[Event]) -> list[Unprojected]:
        raise PermissionError

    invocation.project = fail  # type: ignore[method-assign]
    with pytest.raises(PermissionError):
        invocation.handle(records(1))
    assert invocation.told.emitted == []


def test_a_time_that_is_none_keeps_no_event_from_being_projected() -> None:
    [record] = records(1)
    record["dynamodb"]["NewImage"]["recorded_at"] = {"S": "yesterday"}
    invocation = Invocation()
    assert invocation.handle([record]) == []
    assert invocation.told.sums() == {("Projected", "by-type"): 1}


def test_at_level_debug_each_event_has_a_line_with_the_producers_trace() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    batch = [record_of(an_event("1", traceparent=trace).recorded(at=AT)), *records(1)]
    invocation = Invocation()
    invocation.handle(batch)
    lines = invocation.told.at("DEBUG")
    assert [line["event_id"] for line in lines] == ["1", "e0"]
    assert [line.get("traceparent") for line in lines] == [trace, None]
