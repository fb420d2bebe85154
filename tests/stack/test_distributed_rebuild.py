"""The distributed rebuild as it is deployed: the template's state machine, functions and roles, on
the real engine, with what goes wrong on the way."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.distributed_command import run_distributed
from infra.distributed_run import DistributedRuns, Progress, RunFailedError
from infra.function_settings import FunctionSettings
from infra.local.aws import LocalAws
from infra.local.engines import dynamodb_local
from infra.local.stack import LocalStack, running
from infra.local.stores import Engines
from infra.settings import load
from projections.stream import SLICE_MILLISECONDS
from tests.projections.replays import append, events, expected, projected, put
from tests.tables import Tables

SECONDS_TO_WORK = 1  # of an invocation, so that each file takes several
LOG = events(2_000)
POISON: Any = [{"id": {"S": f"poison {n}"}} for n in range(3)]
REPLAY = "projections.by_type_replay_handler.handler"


class Stage:
    """A stack in this process, and the clients of its operator."""

    def __init__(self, stack: LocalStack, data: Path) -> None:
        self._logs = data / "logs"
        facts = stack.facts
        aws = LocalAws(facts.dynamodb, facts.s3, facts.region, facts.states)
        self.stack = stack
        self.outputs = facts.outputs
        self.s3, self.step_functions = aws.client("s3"), aws.client("stepfunctions")
        self.tables = Tables(
            aws.client("dynamodb"),
            self.outputs["EventsTableName"],
            self.outputs["EventsByTypeTableName"],
        )
        self.runs = DistributedRuns(
            self.step_functions, state_machine=self.outputs["ByTypeRebuildArn"]
        )

    def rebuild(self, *, rate: float | None = None, dry_run: bool = False) -> int:
        return run_distributed(
            dynamodb=self.tables.client,
            step_functions=self.step_functions,
            s3=self.s3,
            log_table=self.tables.events,
            state_machine=self.outputs["ByTypeRebuildArn"],
            workers=4,
            rate=rate,
            dry_run=dry_run,
            as_json=True,
            sleep=lambda _seconds: time.sleep(0.05),
        )

    def empty_the_listing(self) -> None:
        """Remove every row, once the stream has brought all of them."""
        until(lambda: len(projected(self.tables)) >= len(expected(LOG)))
        keys = [
            {"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}}
            for pk, sk in projected(self.tables)
        ]
        for start in range(0, len(keys), 25):
            requests: Any = {self.tables.events_by_type: keys[start : start + 25]}
            self.tables.client.batch_write_item(RequestItems=requests)
        assert projected(self.tables) == {}

    def ends_of_replays(self) -> list[str]:
        """How each invocation of the replay function has ended, by its log."""
        [log] = self._logs.glob("ByTypeReplay*.log")
        ends = [json.loads(line) for line in log.read_text().splitlines() if '"platform.re' in line]
        return [end["record"]["status"] for end in ends]

    def parked_from_exports(self) -> list[str]:
        bucket = self.outputs["ParkingBucketName"]
        found = self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return [one["Key"] for one in found if "/export-" in one["Key"]]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.05)


def replaying() -> list[int]:
    """The processes of this test's stack that run the replay function."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            environment = (folder / "environ").read_bytes().split(b"\0")
        except (OSError, ValueError):  # it has ended, or is another user's
            continue
        if parent == os.getpid() and f"_HANDLER={REPLAY}".encode() in environment:
            found.append(int(folder.name))
    return found


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    sizing = FunctionSettings(timeout_seconds=SLICE_MILLISECONDS // 1_000 + SECONDS_TO_WORK)
    settings = load(stage="prod", environ={}).model_copy(update={"by_type_replay": sizing})
    data = tmp_path_factory.mktemp("distributed")
    with (
        dynamodb_local(logs=data / "engine") as engine,  # in memory
        running(
            settings, port=0, data=data, engines=Engines(dynamodb_endpoint=engine.endpoint)
        ) as stack,
    ):
        stage = Stage(stack, data)
        append(stage.tables, LOG)
        yield stage


def test_it_completes_although_workers_are_killed_and_files_take_several_calls(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.empty_the_listing()
    killed: list[int] = []

    def kill() -> None:
        until(lambda: len(projected(stage.tables)) > 100)
        for pid in replaying():
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    killing = threading.Thread(target=kill)
    killing.start()
    code = stage.rebuild(rate=800)
    killing.join()
    assert code == 0
    assert killed
    summary = json.loads(capsys.readouterr().out)
    assert (summary["projected"], summary["unreadable"], summary["refused"]) == (2_000, 0, 0)
    assert projected(stage.tables) == expected(LOG)
    ends = stage.ends_of_replays()
    assert ends.count("error") >= 1
    assert ends.count("success") >= 4 * 2, "each of the four files took several calls"


def test_a_dry_run_says_what_it_takes_and_starts_nothing(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stage.step_functions.list_executions(
        stateMachineArn=stage.outputs["ByTypeRebuildArn"]
    )["executions"]
    assert stage.rebuild(rate=100, dry_run=True) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["dry_run"], summary["events"], summary["seconds"]) == (True, 2_000, 20)
    after = stage.step_functions.list_executions(stateMachineArn=stage.outputs["ByTypeRebuildArn"])[
        "executions"
    ]
    assert after == before


def test_starting_while_one_runs_finds_that_one_and_ending_the_command_ends_no_run(
    stage: Stage,
) -> None:
    first = stage.runs.start(workers=1, worker_rate=1_000)
    second = stage.runs.start(workers=4, worker_rate=None)
    assert (first.found, second.found, second.arn) == (False, True, first.arn)
    until(lambda: not stage.runs.progress(first).running)
    assert stage.runs.progress(first) == Progress("SUCCEEDED", 4, 4)
    assert stage.runs.outcome(first, stage.s3).projected == 2_000


def test_items_that_are_no_events_are_parked_and_make_exit_code_1(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    put(stage.tables, stage.tables.events, POISON)
    for _ in range(2):
        assert stage.rebuild() == 1
        summary = json.loads(capsys.readouterr().out)
        assert (summary["projected"], summary["unreadable"]) == (2_000, 3)
        assert len(stage.parked_from_exports()) == 3, "parked again, it is the same object"
        time.sleep(1)  # a run is named after the second of its start


def test_the_roles_grant_exactly_what_a_rebuild_uses(stage: Stage) -> None:
    put(stage.tables, stage.tables.events, POISON)
    assert stage.rebuild() == 1
    report = stage.stack.guard_report()
    assert report.refused == []
    assert [grant for grant in report.unused if "ByTypeRe" in grant.role] == []


def test_a_file_that_fails_for_good_fails_the_run_and_is_named(stage: Stage) -> None:
    stage.tables.client.delete_table(TableName=stage.tables.events_by_type)
    with pytest.raises(RunFailedError, match=r"failed: exports/.*\.json\.gz: .*ResourceNotFound"):
        stage.rebuild()


def test_an_export_that_fails_fails_the_run_with_its_reason(stage: Stage) -> None:
    names = [found["Name"] for found in stage.s3.list_buckets()["Buckets"]]
    [bucket] = [name for name in names if name.startswith("export")]
    for found in stage.s3.list_objects_v2(Bucket=bucket)["Contents"]:
        stage.s3.delete_object(Bucket=bucket, Key=found["Key"])
    stage.s3.delete_bucket(Bucket=bucket)
    with pytest.raises(RunFailedError, match=r"S3NoSuchBucket: .*does not exist"):
        stage.rebuild()
