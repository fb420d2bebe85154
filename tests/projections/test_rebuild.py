"""A rebuild on the real engine: whatever happens meanwhile, the projection equals the log."""

import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from domain.event import Event
from projections.log_scan import Unreadable
from projections.patience import StoppedError
from projections.rate_limit import RateLimit
from projections.rebuild import ProjectionBusyError, Rebuilt, project_all
from projections.rebuild_checkpoint import CheckpointError, RebuildCheckpoint
from projections.stream import Unprojected
from projections.table_facts import (
    DOLLARS_PER_READ_UNIT,
    DOLLARS_PER_WRITE_UNIT,
    Estimate,
    estimate,
)
from tests.projections.replays import (
    append,
    events,
    expected,
    projected,
    projection,
    put,
    run_rebuild_of,
)
from tests.tables import Tables

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return tmp_path / "rebuild.json"


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


def test_an_empty_table_becomes_equal_to_the_log(tables: Tables, checkpoint: Path) -> None:
    log = events(678)
    append(tables, log)
    assert run_rebuild_of(tables, checkpoint) == Rebuilt(projected=678)
    assert projected(tables) == expected(log)
    assert not checkpoint.exists()


def test_an_empty_log_is_rebuilt_at_once(tables: Tables, checkpoint: Path) -> None:
    assert run_rebuild_of(tables, checkpoint) == Rebuilt()


def test_killed_again_and_again_it_goes_on_and_ends_complete(
    tables: Tables, checkpoint: Path, dynamodb_local: str
) -> None:
    log = events(3_000)
    append(tables, log)

    def counted() -> int:
        if not checkpoint.exists():
            return 0
        return int(json.loads(checkpoint.read_text())["counts"]["projected"])

    points: list[Callable[[], bool]] = [
        lambda: bool(projected(tables)),  # before the first page is done
        lambda: counted() >= 500,
        lambda: counted() >= 1_500,
    ]
    names = [dynamodb_local, tables.events, tables.events_by_type, str(checkpoint), "2000"]
    for point in points:
        arguments = [sys.executable, "-m", "tests.projections.replays", *names]
        with subprocess.Popen(arguments, cwd=ROOT) as process:
            until(point)
            process.kill()
    before = counted()
    assert 1_500 <= before < 3_000

    replayed: list[Event] = []
    live = projection(tables)

    def project(batch: list[Event]) -> list[Unprojected]:
        replayed.extend(batch)
        return live(batch)

    assert run_rebuild_of(tables, checkpoint, project=project) == Rebuilt(projected=3_000)
    assert len(replayed) == 3_000 - before, "what the checkpoint covers is not done again"
    assert projected(tables) == expected(log)


def test_two_rebuilds_at_once_end_in_the_same_table(tables: Tables, tmp_path: Path) -> None:
    log = events(800)
    append(tables, log)
    with ThreadPoolExecutor(2) as threads:
        files = [tmp_path / "one", tmp_path / "two"]
        counts = list(threads.map(lambda file: run_rebuild_of(tables, file), files))
    assert counts == [Rebuilt(projected=800)] * 2
    assert projected(tables) == expected(log)


def test_events_appended_and_projected_meanwhile_are_all_there(
    tables: Tables, checkpoint: Path
) -> None:
    before, during = events(1_000), events(300, first=1_000)
    append(tables, before)
    live = projection(tables)

    def traffic() -> None:
        for start in range(0, len(during), 10):
            append(tables, during[start : start + 10])
            assert live(during[start : start + 10]) == []

    with ThreadPoolExecutor(1) as threads:
        appending = threads.submit(traffic)
        done = run_rebuild_of(tables, checkpoint, rate=1_000)
        appending.result()
    assert 1_000 <= done.projected <= 1_300
    assert projected(tables) == expected([*before, *during])


@pytest.mark.parametrize("segments", [1, 3])
def test_the_rate_holds_over_all_segments(tables: Tables, tmp_path: Path, segments: int) -> None:
    append(tables, events(600))
    times: list[tuple[float, int]] = []

    def project(batch: list[Event]) -> list[Unprojected]:
        times.append((time.monotonic(), len(batch)))
        return []

    run_rebuild_of(tables, tmp_path / "x", project=project, segments=segments, rate=1_200)
    began = times[0][0]
    sent = 0
    for at, count in times:
        assert sent <= 1_200 * (at - began + 0.02) + 200, "at most the rate and one batch"
        sent += count
    assert sent == 600


def test_waiting_for_the_rate_ends_at_once_on_stop() -> None:
    stopped = threading.Event()
    limit = RateLimit(0.001)
    limit.take(1, stopped=stopped)
    stopped.set()
    with pytest.raises(StoppedError):
        limit.take(1, stopped=stopped)


def test_an_item_that_is_no_event_is_named_and_stops_nothing(
    tables: Tables, checkpoint: Path
) -> None:
    log = events(50)
    append(tables, log)
    foreign: Any = [
        {"id": {"S": "no event"}},
        {"id": {"S": "number"}, "type": {"N": "1"}},
        {"id": {"S": "more"}, "colour": {"S": "red"}, "hash": {"B": b""}},
    ]
    put(tables, tables.events, foreign)
    left: list[Unreadable] = []
    assert run_rebuild_of(tables, checkpoint, left=left) == Rebuilt(projected=50, unreadable=3)
    assert {item.id for item in left} == {"no event", "number", "more"}
    assert projected(tables) == expected(log)


def test_events_that_a_busy_projection_does_not_take_are_projected_later(
    tables: Tables, checkpoint: Path
) -> None:
    log = events(30)
    append(tables, log)
    busy = iter([30, 7, 1])
    live = projection(tables)

    def project(batch: list[Event]) -> list[Unprojected]:
        left = batch[: next(busy, 0)]
        live(batch[len(left) :])
        return [Unprojected(event, "busy", passing=True) for event in left]

    assert run_rebuild_of(tables, checkpoint, project=project, segments=1).projected == 30
    assert projected(tables) == expected(log)


def test_an_event_that_is_refused_for_good_is_named_and_counted(
    tables: Tables, checkpoint: Path
) -> None:
    append(tables, events(30))

    def project(batch: list[Event]) -> list[Unprojected]:
        return [Unprojected(e, "too long", passing=False) for e in batch if e.id == "e000007"]

    left: list[Unreadable] = []
    done = run_rebuild_of(tables, checkpoint, project=project, left=left)
    assert done == Rebuilt(projected=29, refused=1)
    assert left == [Unreadable("e000007", "too long")]


def test_a_projection_that_stays_busy_ends_the_rebuild() -> None:
    def project(batch: list[Event]) -> list[Unprojected]:
        return [Unprojected(event, "busy", passing=True) for event in batch]

    with pytest.raises(ProjectionBusyError, match="3 events, such as 'e000000'"):
        project_all(events(3), project, stopped=threading.Event(), pauses=lambda: iter([0.0, 0.0]))


def test_a_failure_stops_all_segments_and_keeps_what_is_done(
    tables: Tables, checkpoint: Path
) -> None:
    log = events(1_600)
    append(tables, log)
    calls = itertools.count(1)
    live = projection(tables)

    def project(batch: list[Event]) -> list[Unprojected]:
        if next(calls) == 5:
            raise ConnectionError("no permission")
        return live(batch)

    with pytest.raises(ConnectionError):
        run_rebuild_of(tables, checkpoint, project=project)
    assert 0 < json.loads(checkpoint.read_text())["counts"]["projected"] < 1_600
    assert run_rebuild_of(tables, checkpoint) == Rebuilt(projected=1_600)
    assert projected(tables) == expected(log)


@pytest.mark.parametrize(
    "other",
    [{"log_table": "b"}, {"into": "z"}, {"segments": 4}],
    ids=lambda other: next(iter(other)),
)
def test_the_checkpoint_of_another_rebuild_is_refused(
    checkpoint: Path, other: dict[str, str | int]
) -> None:
    about: dict[str, str | int] = {"log_table": "a", "into": "y", "segments": 2}
    RebuildCheckpoint(checkpoint, about=about).advance(0, None, counts={})
    with pytest.raises(CheckpointError, match=f"another rebuild .{next(iter(other))}"):
        RebuildCheckpoint(checkpoint, about=about | other)


def test_the_checkpoint_of_a_table_that_was_made_anew_is_refused(
    tables: Tables, checkpoint: Path
) -> None:
    append(tables, events(10))

    def project(batch: list[Event]) -> list[Unprojected]:
        raise ConnectionError

    about = {"log_table": f"arn:aws:dynamodb:x:1:table/{tables.events} of then", "into": "by-type"}
    RebuildCheckpoint(checkpoint, about={**about, "segments": 2}).advance(0, None, counts={})
    with pytest.raises(CheckpointError, match="log_table"):
        run_rebuild_of(tables, checkpoint, project=project)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"about": {}}', "null"])
def test_a_file_that_is_no_checkpoint_is_refused_and_kept(checkpoint: Path, text: str) -> None:
    checkpoint.write_text(text)
    with pytest.raises(CheckpointError, match="not a rebuild's checkpoint"):
        RebuildCheckpoint(checkpoint, about={"segments": 1})
    assert checkpoint.read_text() == text


def test_the_estimate_is_made_of_what_the_table_says_of_itself(tables: Tables) -> None:
    append(tables, events(100))
    size = tables.client.describe_table(TableName=tables.events)["Table"]["TableSizeBytes"]
    assert size > 10_000
    reads = -(-size // 8192)
    dollars = 100 * DOLLARS_PER_WRITE_UNIT + reads * DOLLARS_PER_READ_UNIT
    found = estimate(tables.client, log_table=tables.events, rate=50)
    assert found == Estimate(100, size, 100, reads, dollars, 2.0)
