"""Lambda's batch contract: what is projected, what is parked, and what is named as failed."""

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

AT = "2026-11-23T10:00:00.000000Z"


class Invocation:
    """A projector whose projection and parking place can be looked at, and made to falter."""

    def __init__(self, *, milliseconds: int = 60_000, parking: bool = True) -> None:
        self.projected: list[str] = []
        self.parked: dict[str, str] = {}
        self.refusals: dict[str, Unprojected] = {}
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
        answer = handler_of(project=self.project, park=self.park)({"Records": batch}, self)
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
