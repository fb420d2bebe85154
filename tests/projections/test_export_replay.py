"""A data file of an export is replayed in as many calls as it takes, and nothing is dropped."""

import itertools
import time
import tracemalloc
from dataclasses import asdict, replace
from typing import Any

import pytest

from domain.event import Event
from projections import export_file
from projections.by_type_rows import BY_TYPE
from projections.export_items import record_of
from projections.export_replay import FileReplay, handler_of
from projections.parked import ParkingLot
from projections.parking import Parking
from projections.parking_keys import parked_key
from projections.stream import (
    SLICE_MILLISECONDS,
    Park,
    ParkingFailedError,
    Project,
    Unprojected,
    read_record,
)
from tests.buckets import TestBucket
from tests.projections.exports import Bucket, data_file, item_line, line_of
from tests.projections.replays import SHARDS, events, expected, projected, projection
from tests.tables import Tables
from tests.telemetry import CONTEXT, Told

START = FileReplay(key="file", rate=None)
FOREIGN: list[dict[str, Any]] = [
    {"id": {"S": "nothing else"}},
    {"id": {"S": "a number"}, "type": {"N": "1"}, "hash": {"B": "AAA="}},
    {"id": {"S": "not base64"}, "hash": {"B": "?"}, "recorded_at": {"S": "2026-11-23"}},
]


class Invocations:
    """The replay Lambda over one file; `seconds` is the time that each invocation has."""

    def __init__(self, lines: list[bytes], *, seconds: float = 60) -> None:
        self.projected: list[str] = []
        self.parked: list[tuple[dict[str, Any], str]] = []
        self.project: Project = self._project
        self.park: Park = self._park
        self._seconds = seconds
        self.told = Told()
        self.aws_request_id = CONTEXT.aws_request_id
        self._bucket = Bucket(file=data_file(lines))

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1_000) + SLICE_MILLISECONDS

    def _project(self, some: list[Event]) -> list[Unprojected]:
        self.projected += [event.id for event in some]
        return []

    def _park(self, record: dict[str, Any], reason: str) -> None:
        self.parked.append((record, reason))

    def call(self, given: FileReplay) -> FileReplay:
        handler = handler_of(
            lines=self._lines,
            project=self.project,
            park=self.park,
            projector="by-type-replay",
            telemetry=self.told.telemetry,
        )
        return FileReplay(**handler(asdict(given), self))

    def until_done(self, given: FileReplay = START) -> list[FileReplay]:
        """What each call gives back, until the file is done."""
        steps = [self.call(given)]
        while not steps[-1].done:
            steps.append(self.call(steps[-1]))
        return steps

    def _lines(self, key: str) -> Any:
        return export_file.lines(self._bucket.client, "exports", key)


def test_a_file_is_projected_as_the_stream_would_project_it(tables: Tables) -> None:
    log = events(450)
    replay = Invocations([line_of(event) for event in log])
    replay.project = projection(tables)
    assert replay.until_done() == [replace(START, position=450, projected=450, done=True)]
    assert projected(tables) == expected(log, shards=SHARDS)


def test_an_empty_file_is_done_at_once() -> None:
    assert Invocations([]).until_done() == [replace(START, done=True)]


def test_when_time_runs_out_the_next_call_goes_on_from_there() -> None:
    log = events(450)
    replay = Invocations([line_of(event) for event in log], seconds=0)
    steps = replay.until_done()
    assert [step.position for step in steps] == [100, 200, 300, 400, 450]
    assert [step.projected for step in steps] == [100, 200, 300, 400, 450]
    assert replay.projected == [event.id for event in log], "and nothing is done twice"


def test_the_rate_holds_and_the_wait_for_it_ends_with_the_time() -> None:
    replay = Invocations([line_of(event) for event in events(600)], seconds=0.3)
    began = time.monotonic()
    first = replay.call(replace(START, rate=100))
    assert (first.position, first.done) == (100, False)
    assert 0.2 < time.monotonic() - began < 0.9, "a second would have to be waited"


def test_items_that_are_no_events_are_parked_as_the_stream_would_park_them() -> None:
    log = events(3)
    lines = [line_of(log[0]), *map(item_line, FOREIGN), line_of(log[1]), line_of(log[2])]
    replay = Invocations(lines)
    assert replay.until_done() == [replace(START, position=6, projected=3, unreadable=3, done=True)]
    assert [record["dynamodb"]["NewImage"] for record, _ in replay.parked] == FOREIGN
    assert all(reason.startswith("unreadable: ") for _, reason in replay.parked)
    assert replay.projected == [event.id for event in log]


def test_an_event_that_is_refused_for_good_is_parked_and_can_be_redriven(
    bucket: TestBucket,
) -> None:
    log = events(3)
    replay = Invocations([line_of(event) for event in log])

    def project(some: list[Event]) -> list[Unprojected]:
        return [Unprojected(event, "refused: too long", passing=False) for event in some[1:2]]

    replay.project = project
    [done] = replay.until_done()
    assert (done.projected, done.refused) == (2, 1)
    [(record, reason)] = replay.parked
    assert (read_record(record), reason) == (log[1], "refused: too long")

    parking = Parking(lambda: bucket.client, bucket=bucket.name, projection=BY_TYPE)
    parking.park(record, reason)
    lot = ParkingLot(bucket.client, bucket=bucket.name, mappings={})
    again = Invocations([])
    [one] = lot.redrive(BY_TYPE, again.project)
    assert (again.projected, one.kept, bucket.keys()) == ([log[1].id], None, [])


def test_a_record_of_an_export_has_one_key_however_often_it_is_parked() -> None:
    event = events(1)[0]
    keys = {parked_key("by-type", record_of(line_of(event))) for _ in range(2)}
    [key] = keys
    assert key.startswith(f"parked/by-type/2026/11/01/{event.id}/export-")
    undated = parked_key("by-type", record_of(item_line(FOREIGN[0])))
    assert undated.startswith("parked/by-type/1970/01/01/nothing%20else/export-")


def test_ids_that_a_key_cuts_short_are_still_parked_apart() -> None:
    ids = [f"{'é' * 255}{end}" for end in "ab"]
    keys = {parked_key("by-type", record_of(item_line({"id": {"S": id}}))) for id in ids}
    assert len(keys) == 2


def test_what_is_done_before_a_failure_counts_and_the_failure_is_raised_after_it() -> None:
    replay = Invocations([line_of(event) for event in events(250)])
    calls = itertools.count(1)
    project = replay.project

    def failing(some: list[Event]) -> list[Unprojected]:
        if next(calls) in {3, 4}:
            raise ConnectionError("no answer")
        return project(some)

    replay.project = failing
    first = replay.call(START)
    assert (first.position, first.done) == (200, False)
    with pytest.raises(ConnectionError):
        replay.call(first)
    assert replay.call(first) == replace(first, position=250, projected=250, done=True)


def test_an_item_is_not_passed_over_while_it_cannot_be_parked() -> None:
    replay = Invocations([*map(item_line, FOREIGN)])

    def full(record: dict[str, Any], reason: str) -> None:
        raise ParkingFailedError("S3 is down")

    replay.park = full
    with pytest.raises(ParkingFailedError):
        replay.call(START)


@pytest.mark.parametrize("line", [b"{\n", b"[]\n", b'{"Item":{"x":{"S":"1"}}}\n'])
def test_a_line_that_is_no_item_of_the_log_table_fails(line: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Invocations([line]).call(START)


def test_large_items_come_in_smaller_slices() -> None:
    large = [item_line({"id": {"S": f"{n}"}, "x": {"S": "x" * 390_000}}) for n in range(25)]
    replay = Invocations(large, seconds=0)
    assert [step.position for step in replay.until_done()] == [11, 22, 25]


def test_memory_does_not_grow_with_the_file() -> None:
    peaks = []
    for count in (3_000, 30_000):
        replay = Invocations([line_of(event) for event in events(count)])
        replay.project = lambda some: []
        tracemalloc.start()
        [done] = replay.until_done()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert done.projected == count
    assert peaks[1] < peaks[0] * 1.1, peaks


def test_what_a_file_holds_is_counted_once_over_all_calls() -> None:
    lines = [*map(line_of, events(250)), *map(item_line, FOREIGN)]
    replay = Invocations(lines, seconds=0)
    assert len(replay.until_done()) > 1
    assert replay.told.undocumented() == set()
    assert replay.told.sums() == {
        ("Projected", "by-type-replay"): 250,
        ("Parked", "by-type-replay"): 3,
    }
