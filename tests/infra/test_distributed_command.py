"""`eventlog rebuild --distributed`: what it starts, shows, prints and returns."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from infra.distributed_command import FAILURES, StillRunningError, run_distributed
from infra.distributed_estimate import (
    DOLLARS_PER_EXPORTED_GB,
    DOLLARS_PER_GB_SECOND,
    DOLLARS_PER_TRANSITION,
    estimate,
)
from infra.distributed_run import RunFailedError
from projections.table_facts import DOLLARS_PER_WRITE_UNIT
from tests.buckets import TestBucket
from tests.local.step_functions.states import (
    INPUT,
    MACHINE,
    Rebuild,
    Replay,
    ReplayError,
    done,
    ended,
)
from tests.projections.replays import append, events
from tests.tables import Tables

Payload = dict[str, Any]


@pytest.fixture
def rebuild(tables: Tables, bucket: TestBucket) -> Rebuild:
    return Rebuild(tables, bucket)


def run(
    client: Any,
    rebuild: Rebuild,
    *,
    rate: float | None = None,
    dry_run: bool = False,
    as_json: bool = True,
    sleep: Callable[[float], None] = lambda _seconds: time.sleep(0.02),
) -> int:
    return run_distributed(
        dynamodb=rebuild.tables.client,
        step_functions=client,
        s3=rebuild.bucket.client,
        log_table=rebuild.tables.events,
        state_machine=MACHINE,
        workers=4,
        rate=rate,
        dry_run=dry_run,
        as_json=as_json,
        sleep=sleep,
    )


def done_after(flag: threading.Event) -> Replay:
    """A replay that is through once the flag is set."""

    def replay(payload: Payload) -> Payload:
        flag.wait(30)
        return done(payload)

    return replay


def executions(client: Any) -> list[str]:
    listed = client.list_executions(stateMachineArn=MACHINE)["executions"]
    return [one["executionArn"] for one in listed]


def test_it_starts_a_run_and_sums_up_what_became_of_all_files(
    rebuild: Rebuild, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[Payload] = []

    def replay(payload: Payload) -> Payload:
        given.append(payload)
        return done(payload)

    rebuild.replay = replay
    with rebuild.served() as client:
        assert run(client, rebuild, rate=1_000) == 1
        [arn] = executions(client)
        described = client.describe_execution(executionArn=arn)
    name = arn.rpartition(":")[2]
    assert json.loads(described["input"]) == {"workers": 4, "rate": 250.0}
    assert {payload["rate"] for payload in given} == {250.0}
    summary = json.loads(capsys.readouterr().out)
    assert summary == {"execution": name, "projected": 20, "unreadable": 4, "refused": 0}


def test_where_every_event_is_projected_it_says_so_and_returns_0(
    rebuild: Rebuild, capsys: pytest.CaptureFixture[str]
) -> None:
    rebuild.replay = lambda payload: {**done(payload), "unreadable": 0}
    with rebuild.served() as client:
        assert run(client, rebuild, as_json=False) == 0
    printed = "20 items: 20 projected; parked are 0 unreadable and 0 refused\n"
    assert capsys.readouterr().out == printed


def test_a_dry_run_says_what_it_takes_and_starts_nothing(
    rebuild: Rebuild, capsys: pytest.CaptureFixture[str]
) -> None:
    append(rebuild.tables, events(100))
    with rebuild.served() as client:
        assert run(client, rebuild, rate=50, dry_run=True) == 0
        assert executions(client) == []
    summary = json.loads(capsys.readouterr().out)
    assert (summary["dry_run"], summary["events"], summary["seconds"]) == (True, 100, 2)


def test_while_a_run_goes_on_that_one_is_watched(
    rebuild: Rebuild, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = threading.Event()
    rebuild.replay = done_after(watched)
    with rebuild.served() as client:
        started = client.start_execution(stateMachineArn=MACHINE, name="earlier", input=INPUT)
        assert run(client, rebuild, sleep=lambda _seconds: watched.set()) == 1
        assert executions(client) == [started["executionArn"]]
    printed = capsys.readouterr()
    assert json.loads(printed.out)["execution"] == "earlier"
    assert "earlier runs already" in printed.err


def test_ending_the_command_ends_no_run_and_says_how_to_watch_it_again(rebuild: Rebuild) -> None:
    going_on = threading.Event()
    rebuild.replay = done_after(going_on)

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with rebuild.served() as client:
        with pytest.raises(StillRunningError, match="goes on; the same command watches it again"):
            run(client, rebuild, sleep=interrupt)
        [arn] = executions(client)
        going_on.set()
        assert ended(client, arn)["status"] == "SUCCEEDED"


def test_a_file_that_fails_is_named_with_its_reason(rebuild: Rebuild) -> None:
    def replay(payload: Payload) -> Payload:
        raise ReplayError("no permission")

    rebuild.replay = replay
    with (
        rebuild.served() as client,
        pytest.raises(RunFailedError, match=r"failed: exports/.*\.gz: ReplayError: no permission"),
    ):
        run(client, rebuild)


def test_a_log_without_backups_is_told(rebuild: Rebuild) -> None:
    rebuild.recoverable = False
    message = r"failed: DynamoDb\.PointInTimeRecoveryUnavailableException: Point in time recovery"
    with rebuild.served() as client, pytest.raises(RunFailedError, match=message):
        run(client, rebuild)


def test_what_cannot_be_tried_fails(rebuild: Rebuild) -> None:
    with rebuild.served() as client, pytest.raises(FAILURES, match="ResourceNotFound"):
        run(client, Rebuild(Tables(rebuild.tables.client, "no-table", ""), rebuild.bucket))


def test_the_estimate_is_made_of_what_the_table_says_of_itself(tables: Tables) -> None:
    append(tables, events(100))
    size = tables.client.describe_table(TableName=tables.events)["Table"]["TableSizeBytes"]
    found = estimate(tables.client, log_table=tables.events, workers=4, rate=50)
    assert (found.events, found.bytes, found.write_units) == (100, size, 100)
    assert found.seconds == 2
    assert found.gb_seconds == 8, "four workers, two seconds each"
    assert found.transitions == 10 + 1 + 2 * 2, "one file, and at most two calls"
    assert found.dollars == pytest.approx(
        size / 1024**3 * DOLLARS_PER_EXPORTED_GB
        + 100 * DOLLARS_PER_WRITE_UNIT
        + 8 * DOLLARS_PER_GB_SECOND
        + 15 * DOLLARS_PER_TRANSITION
    )
    unbounded = estimate(tables.client, log_table=tables.events, workers=4, rate=None)
    assert unbounded.seconds == 100 / 4_000
