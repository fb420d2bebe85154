"""Parking and redriving on the local object store: whole, once, and never lost."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from botocore.exceptions import EndpointConnectionError

from domain.event import Event
from infra.local.event_source_mapping import Mapping
from infra.local.failed_batch import describe
from infra.local.retry_policy import Attempt
from infra.local.stream_records import StreamRecord
from projections.by_type_rows import BY_TYPE
from projections.parked import NotParkedError, Parked, ParkingLot, Redriven
from projections.parking import Parking
from projections.stream import ParkingFailedError, RawRecord, Unprojected, read_record
from tests.buckets import TestBucket
from tests.builders import an_event
from tests.local.streams import STREAM_ARN
from tests.records import number_of, record_of

AT = "2026-11-23T10:00:00.000000Z"
PARKED_AT = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
MAPPING = Mapping("m", STREAM_ARN, function_name="projector")


def a_record(id: str = "é/#") -> RawRecord:
    return record_of(an_event(id).recorded(at=AT))


def park(bucket: TestBucket, record: RawRecord, reason: str = "refused: too long") -> None:
    parking = Parking(
        lambda: bucket.client, bucket=bucket.name, projection=BY_TYPE, now=lambda: PARKED_AT
    )
    parking.park(record, reason)


def give_up(bucket: TestBucket, *records: RawRecord, as_text: bool = True) -> str:
    """Put an object as Lambda does; gives back its key."""
    read = [
        StreamRecord(number_of(one), "", 1_795_428_000.0, json.dumps(one), 1) for one in records
    ]
    failed = describe(
        Attempt(tuple(read), failures=11),
        condition="RetryAttemptsExhausted",
        mapping=MAPPING,
        shard_id="shardId-1",
        now=PARKED_AT.timestamp(),
    )
    document = {**failed.document, **({} if as_text else {"payload": failed.event})}
    bucket.client.put_object(Bucket=bucket.name, Key=failed.key, Body=json.dumps(document))
    return failed.key


def lot(bucket: TestBucket) -> ParkingLot:
    return ParkingLot(bucket.client, bucket=bucket.name, mappings={MAPPING.uuid: BY_TYPE})


def take_all(_events: list[Event]) -> list[Unprojected]:
    return []


def test_a_record_is_parked_whole_under_its_projection_day_and_id(bucket: TestBucket) -> None:
    record = a_record()
    park(bucket, record)
    key = f"parked/by-type/2026/11/23/%C3%A9%2F%23/{number_of(record)}"
    assert bucket.keys() == [key]
    parked_at = "2026-11-23T10:05:00.000000Z"
    expected = Parked(key, BY_TYPE, "refused: too long", parked_at, [record])
    assert lot(bucket).read(key) == expected
    assert list(lot(bucket).all()) == [expected]


def test_a_record_that_is_parked_again_is_parked_once(bucket: TestBucket) -> None:
    record = a_record()
    for _ in range(2):
        park(bucket, record)
    park(bucket, a_record())  # of the same id, but another record
    assert len(bucket.keys()) == 2


def test_an_id_of_any_length_and_script_has_a_key(bucket: TestBucket) -> None:
    for id in ("日" * 256, "a" * 256, "../..", "%2F", " "):
        record = a_record(id)
        park(bucket, record)
        [parked] = [one for one in lot(bucket).all() if one.records == [record]]
        assert len(parked.key.encode()) <= 1024


def test_a_bucket_that_does_not_answer_is_a_failure(bucket: TestBucket) -> None:
    class Down:
        def put_object(self, **_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="s3")

    parking = Parking(lambda: cast("Any", Down()), bucket="b", projection=BY_TYPE)
    with pytest.raises(ParkingFailedError, match="Could not connect"):
        parking.park(a_record(), "x")
    missing = Parking(lambda: bucket.client, bucket="no-such-bucket", projection=BY_TYPE)
    with pytest.raises(ParkingFailedError, match="NoSuchBucket"):
        missing.park(a_record(), "x")


@pytest.mark.parametrize("as_text", [True, False])
def test_what_lambda_gave_up_is_read_the_same_way(bucket: TestBucket, as_text: bool) -> None:
    records = [a_record("a"), a_record("b")]
    key = give_up(bucket, *records, as_text=as_text)
    assert key.startswith(f"aws/lambda/{MAPPING.uuid}/shardId-1/2026/11/23/")
    assert lot(bucket).read(key) == Parked(
        key, BY_TYPE, "RetryAttemptsExhausted", "2026-11-23T10:05:00.000Z", records
    )


def test_objects_are_listed_and_counted_by_projection(bucket: TestBucket) -> None:
    park(bucket, a_record("a"))
    give_up(bucket, a_record("b"), a_record("c"))
    other = Mapping("other", STREAM_ARN, function_name="other")
    bucket.client.put_object(
        Bucket=bucket.name,
        Key=f"aws/lambda/{other.uuid}/shardId-1/x",
        Body=json.dumps(
            {
                "requestContext": {"condition": "RecordAgeExceeded"},
                "timestamp": "2026-11-23T10:05:00.000Z",
                "payload": {"Records": [a_record("d")]},
            }
        ),
    )
    assert {(one.projection, len(one.records)) for one in lot(bucket).all()} == {
        (BY_TYPE, 1),
        (BY_TYPE, 2),
        (other.uuid, 1),
    }
    assert lot(bucket).count(BY_TYPE) == len(list(lot(bucket).all(BY_TYPE))) == 2
    assert sorted(lot(bucket).keys()) == sorted(bucket.keys())


def test_an_unreadable_record_keeps_no_other_of_its_object_from_being_redriven(
    bucket: TestBucket,
) -> None:
    junk = a_record("junk")
    del junk["dynamodb"]["NewImage"]["hash"]
    key = give_up(bucket, a_record("a"), junk, a_record("b"))
    projected: list[str] = []

    def project(events: list[Event]) -> list[Unprojected]:
        projected.extend(event.id for event in events)
        return []

    [redriven] = lot(bucket).redrive(BY_TYPE, project)
    assert (redriven.kept or "").startswith("unreadable: ")
    assert (projected, bucket.keys()) == (["a", "b"], [key])


def test_a_redrive_projects_and_removes_and_may_be_repeated(bucket: TestBucket) -> None:
    park(bucket, a_record("a"))
    give_up(bucket, a_record("b"), a_record("c"))
    projected: list[str] = []

    def project(events: list[Event]) -> list[Unprojected]:
        projected.extend(event.id for event in events)
        return []

    assert {one.kept for one in lot(bucket).redrive(BY_TYPE, project)} == {None}
    assert sorted(projected) == ["a", "b", "c"]
    assert bucket.keys() == []
    assert list(lot(bucket).redrive(BY_TYPE, project)) == []
    versions = bucket.client.list_object_versions(Bucket=bucket.name)["Versions"]
    assert len(versions) == 2, "what was removed can be looked at for 30 days more"


def test_what_is_still_refused_stays_with_the_new_reason(bucket: TestBucket) -> None:
    park(bucket, a_record("good"))
    park(bucket, a_record("bad"))
    junk = a_record("junk")
    del junk["dynamodb"]["NewImage"]["type"]
    park(bucket, junk)
    mixed = give_up(bucket, a_record("fine"), a_record("bad"))

    def project(events: list[Event]) -> list[Unprojected]:
        return [Unprojected(e, "still too long", passing=False) for e in events if e.id == "bad"]

    kept = {one.parked.key: one.kept for one in lot(bucket).redrive(BY_TYPE, project) if one.kept}
    assert set(kept) == set(bucket.keys())
    assert len(kept) == 3
    assert kept[mixed] == "still too long"
    assert "unreadable: the attribute 'type' is missing" in kept.values()


def test_a_redrive_that_is_cut_off_loses_nothing(bucket: TestBucket) -> None:
    for n in range(40):
        park(bucket, a_record(f"e{n}"))

    def project(events: list[Event]) -> list[Unprojected]:
        if events[0].id == "e7":
            raise ConnectionError("cut off")
        return []

    with pytest.raises(ConnectionError):
        list(lot(bucket).redrive(BY_TYPE, project))
    left = {one.records[0]["dynamodb"]["Keys"]["id"]["S"] for one in lot(bucket).all()}
    assert "e7" in left
    assert len(list(lot(bucket).redrive(BY_TYPE, take_all))) == len(left)
    assert bucket.keys() == []


def test_two_redrives_at_once_are_as_good_as_one(bucket: TestBucket) -> None:
    for n in range(40):
        park(bucket, a_record(f"e{n}"))
    one, other = (lot(bucket).redrive(BY_TYPE, take_all) for _ in range(2))
    outcomes = list(_alternating(one, other))
    assert {outcome.kept for outcome in outcomes} == {None}
    assert {o.parked.records[0]["dynamodb"]["Keys"]["id"]["S"] for o in outcomes} == {
        f"e{n}" for n in range(40)
    }
    assert bucket.keys() == []


def _alternating(*iterators: Iterator[Redriven]) -> Iterator[Redriven]:
    waiting = list(iterators)
    while waiting:
        iterator = waiting.pop(0)
        if (item := next(iterator, None)) is not None:
            yield item
            waiting.append(iterator)


def test_an_object_can_be_discarded_by_its_key_alone(bucket: TestBucket) -> None:
    for id in ("a", "b"):
        park(bucket, a_record(id))
    first, second = bucket.keys()
    assert lot(bucket).discard(first).key == first
    assert bucket.keys() == [second]
    with pytest.raises(NotParkedError):
        lot(bucket).discard(first)


def test_a_key_under_which_nothing_is_parked_is_named(bucket: TestBucket) -> None:
    with pytest.raises(NotParkedError, match="nothing is parked as nope"):
        lot(bucket).read("nope")


def test_a_parked_record_still_holds_its_event(bucket: TestBucket) -> None:
    event = an_event("x", payload_text="1e400").recorded(at=AT)
    park(bucket, record_of(event))
    [parked] = lot(bucket).all()
    assert read_record(parked.records[0]) == event
