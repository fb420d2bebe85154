"""The by-type table's keys and rows: functions of the event that no user text can break."""

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.item import item_bytes
from projections.by_type_rows import (
    PAYLOAD_BYTES,
    TYPES_PARTITION,
    WRITE_UNIT_BYTES,
    entry_of,
    event_of_row,
    id_of_row,
    row_of,
    shard_of,
    sort_key,
)
from tests.builders import an_event, ids, json_texts, types

AT = "2026-11-23T10:00:00.000000Z"


@given(ids, types, json_texts, st.integers(1, 64))
def test_a_row_gives_its_event_back(id: str, type: str, text: str, shards: int) -> None:
    event = an_event(id, type=type, payload_text=text, subject="s").recorded(at=AT, by="anna")
    row = row_of(event, shards=shards)
    payload = event.payload if PAYLOAD_BYTES in row else None
    assert event_of_row(row, payload=payload) == event
    assert id_of_row(row) == id


@given(ids, types, ids, types)
def test_two_events_share_a_key_only_if_they_are_one(a: str, b: str, c: str, d: str) -> None:
    assume((a, b) != (c, d))
    rows = [
        row_of(an_event(id, type=type).recorded(at=AT), shards=4) for id, type in ((a, b), (c, d))
    ]
    assert (rows[0]["pk"], rows[0]["sk"]) != (rows[1]["pk"], rows[1]["sk"])


@given(ids, types)
def test_keys_fit_and_no_row_stands_in_the_partition_of_types(id: str, type: str) -> None:
    row = row_of(an_event(id, type=type).recorded(at=AT), shards=64)
    assert row["pk"]["S"] != TYPES_PARTITION
    assert len(row["pk"]["S"].encode()) <= 2048
    assert len(row["sk"]["S"].encode()) <= 1024
    assert len(entry_of(type)["sk"]["S"].encode()) <= 1024


def test_the_longest_id_in_bytes_stands_as_its_digest_in_the_key_and_whole_in_the_row() -> None:
    event = an_event("😀" * 256).recorded(at=AT)
    row = row_of(event, shards=4)
    assert len(sort_key(event)) == 27 + 1 + 64
    assert row["id"] == {"S": event.id}


@pytest.mark.parametrize("excess", [0, 1])
def test_a_row_is_whole_while_it_costs_one_write_unit(excess: int) -> None:
    smallest = item_bytes(row_of(an_event(payload_text='""').recorded(at=AT), shards=4))
    text = '"' + "x" * (WRITE_UNIT_BYTES - smallest + excess) + '"'
    row = row_of(an_event(payload_text=text).recorded(at=AT), shards=4)
    assert ("payload" in row) is (excess == 0)
    assert item_bytes(row) <= WRITE_UNIT_BYTES
    if excess:
        assert row[PAYLOAD_BYTES] == {"S": str(len(text))}


def test_shards_are_evenly_used() -> None:
    counts = Counter(shard_of(f"order-{n}", shards=8) for n in range(8_000))
    assert sorted(counts) == list(range(8))
    assert all(900 <= count <= 1_100 for count in counts.values())


def test_an_event_stays_in_its_shard_for_ever() -> None:
    assert [shard_of("1", shards=4), shard_of("événement", shards=64)] == [3, 62]
