"""Shards and their reading; follows "Change data capture for DynamoDB Streams" (lineage, retention)
and the API references of DescribeStream, GetShardIterator and GetRecords.
"""

import threading

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from infra.local.stream_shards import (
    Page,
    Shard,
    ShardReader,
    list_shards,
    patiently,
    readable,
)
from tests.local.streams import STREAM_ARN, FakeStreams, change, client_error, sequence


def reader(streams: FakeStreams, *, after: str | None = None) -> ShardReader:
    return ShardReader(streams.client, "a", stream_arn=STREAM_ARN, after=after)


def numbers(page: Page) -> list[int]:
    return [int(record.sequence_number) for record in page.records]


def test_shards_are_listed_over_all_pages() -> None:
    streams = FakeStreams(page_shards=2)
    for shard_id in "abcde":
        streams.add(shard_id, parent_id="a" if shard_id > "c" else None)
    listed = list_shards(streams.client, STREAM_ARN)
    assert listed == [Shard(one, "a" if one > "c" else None) for one in "abcde"]


def test_a_shard_waits_for_its_parent() -> None:
    shards = [Shard("a", None), Shard("b", "a"), Shard("c", "a"), Shard("d", "b")]
    assert readable(shards, ended=()) == [shards[0]]
    assert readable(shards, ended={"a"}) == [shards[1], shards[2]]
    assert readable(shards, ended={"a", "b"}) == [shards[2], shards[3]]


def test_a_shard_whose_parent_is_trimmed_away_waits_for_nothing() -> None:
    shards = [Shard("b", "gone")]
    assert readable(shards, ended=()) == shards


def test_reading_begins_at_the_oldest_record_and_goes_on_page_by_page() -> None:
    streams = FakeStreams(page_records=2)
    streams.add("a", *(change(n) for n in (1, 2, 3)))
    one = reader(streams)
    assert [numbers(one.read()) for _ in range(3)] == [[1, 2], [3], []]
    streams.add("a", change(4))
    assert numbers(one.read()) == [4]


def test_reading_goes_on_after_a_checkpoint() -> None:
    streams = FakeStreams()
    streams.add("a", *(change(n) for n in (1, 2, 3)))
    assert numbers(reader(streams, after=sequence(2)).read()) == [3]


@pytest.mark.parametrize("after", [None, sequence(2)])
def test_the_last_page_of_a_closed_shard_says_so(after: str | None) -> None:
    streams = FakeStreams()
    streams.add("a", change(1), change(2))
    streams.close("a")
    page = reader(streams, after=after).read()
    assert (numbers(page), page.closed) == ([] if after else [1, 2], True)


def test_an_expired_iterator_is_renewed_where_it_was() -> None:
    """GetShardIterator: an iterator expires 15 minutes after it was returned."""
    streams = FakeStreams(page_records=1)
    streams.add("a", change(1), change(2))
    one = reader(streams)
    assert numbers(one.read()) == [1]
    streams.expire_iterators()
    assert numbers(one.read()) == [2]


def test_after_a_trimmed_position_reading_goes_on_at_the_oldest_record() -> None:
    """GetRecords: TrimmedDataAccessException for records older than 24 hours."""
    streams = FakeStreams()
    streams.add("a", *(change(n) for n in (1, 2, 3)))
    streams.shards["a"].trimmed = 2
    assert numbers(reader(streams, after=sequence(1)).read()) == [3]


def test_an_iterator_into_trimmed_records_is_renewed_at_the_oldest_record() -> None:
    streams = FakeStreams(page_records=1)
    streams.add("a", *(change(n) for n in (1, 2, 3)))
    one = reader(streams)
    assert numbers(one.read()) == [1]
    streams.shards["a"].trimmed = 2
    assert numbers(one.read()) == [3]


def test_an_engine_that_is_away_is_asked_again() -> None:
    faults = [
        EndpointConnectionError(endpoint_url="x"),
        client_error("InternalServerError"),
        client_error("ThrottlingException"),
    ]

    def call() -> str:
        if faults:
            raise faults.pop()
        return "answer"

    assert patiently(call, stopping=threading.Event(), pause=0) == "answer"


def test_an_engine_that_is_away_does_not_hold_up_a_stop() -> None:
    stopping = threading.Event()

    def call() -> str:
        stopping.set()
        raise EndpointConnectionError(endpoint_url="x")

    assert patiently(call, stopping=stopping, pause=60) is None


def test_a_stream_that_is_gone_is_an_error() -> None:
    def call() -> str:
        raise client_error("ResourceNotFoundException")

    with pytest.raises(ClientError):
        patiently(call, stopping=threading.Event(), pause=0)
