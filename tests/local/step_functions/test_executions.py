"""Executions of the stack's own state machine, seen through Step Functions' API by boto3.

https://docs.aws.amazon.com/step-functions/latest/apireference/Welcome.html
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

import itertools
import json
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.buckets import TestBucket
from tests.local.step_functions.states import INPUT, MACHINE, Rebuild, ReplayError, done, ended
from tests.tables import Tables

Payload = dict[str, Any]


@pytest.fixture
def rebuild(tables: Tables, bucket: TestBucket) -> Rebuild:
    return Rebuild(tables, bucket)


def run(client: Any, given: str = INPUT) -> dict[str, Any]:
    started = client.start_execution(stateMachineArn=MACHINE, name="run", input=given)
    return ended(client, started["executionArn"])


def counts(client: Any, arn: str) -> dict[str, int]:
    [listed] = client.list_map_runs(executionArn=arn)["mapRuns"]
    counted: dict[str, int] = client.describe_map_run(mapRunArn=listed["mapRunArn"])["itemCounts"]
    return {name: count for name, count in counted.items() if count}


def test_each_file_is_given_to_the_function_again_until_it_is_done(rebuild: Rebuild) -> None:
    seen: list[Payload] = []

    def replay(given: Payload) -> Payload:
        seen.append(given)
        position = given.get("position", 0) + 1
        return {**given, "position": position, "done": position == 3}

    rebuild.replay = replay
    with rebuild.served() as client:
        found = run(client, json.dumps({"workers": 2, "rate": 7.5}))
        assert found["status"] == "SUCCEEDED"
        assert counts(client, found["executionArn"]) == {"succeeded": 4, "total": 4}
    assert len(seen) == 4 * 3
    files = {given["key"] for given in seen}
    assert len(files) == 4
    assert all("/data/" in file and file.endswith(".json.gz") for file in files)
    assert {given["rate"] for given in seen} == {7.5}


def test_the_results_of_all_files_are_in_the_bucket(rebuild: Rebuild) -> None:
    """ResultWriter: the state's output names a manifest, which lists the files with the outputs.

    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
    """
    with rebuild.served() as client:
        where = json.loads(run(client)["output"])["ResultWriterDetails"]
    s3, bucket = rebuild.bucket.client, rebuild.bucket.name
    assert where["Bucket"] == bucket
    assert where["Key"].startswith("results/run/")
    manifest = json.loads(s3.get_object(Bucket=bucket, Key=where["Key"])["Body"].read())
    [file] = manifest["ResultFiles"]["SUCCEEDED"]
    body = s3.get_object(Bucket=bucket, Key=file["Key"])["Body"].read()
    assert [json.loads(line)["projected"] for line in body.splitlines()] == [5] * 4


@pytest.mark.parametrize("workers", [1, 3])
def test_at_most_so_many_files_are_replayed_at_once(rebuild: Rebuild, workers: int) -> None:
    running: set[str] = set()
    most: list[int] = []

    def replay(given: Payload) -> Payload:
        running.add(given["key"])
        most.append(len(running))
        threading.Event().wait(0.1)
        running.discard(given["key"])
        return done(given)

    rebuild.replay = replay
    with rebuild.served() as client:
        assert run(client, json.dumps({"workers": workers, "rate": None}))["status"] == "SUCCEEDED"
    assert max(most) == workers


def test_a_call_that_fails_is_made_again_with_the_same_position(rebuild: Rebuild) -> None:
    calls: list[Payload] = []

    def replay(given: Payload) -> Payload:
        calls.append(given)
        if len(calls) <= 2:
            raise ReplayError("throttled")
        return done(given)

    rebuild.replay = replay
    with rebuild.served() as client:
        assert run(client)["status"] == "SUCCEEDED"
    assert len(calls) == 4 + 2
    assert len({json.dumps(call) for call in calls}) == 4


def test_a_file_that_keeps_failing_fails_the_run_and_ends_the_others(rebuild: Rebuild) -> None:
    failing: list[str] = []

    def replay(given: Payload) -> Payload:
        failing.append(given["key"])
        if given["key"] == failing[0]:
            raise ReplayError("no permission")
        time.sleep(0.05)
        return {**given, "done": False}

    rebuild.replay = replay
    with rebuild.served() as client:
        found = run(client)
        arn = found["executionArn"]
        assert (found["status"], found["error"]) == (
            "FAILED",
            "States.ExceedToleratedFailureThreshold",
        )
        assert counts(client, arn) == {"failed": 1, "aborted": 1, "pending": 2, "total": 4}
        [listed] = client.list_map_runs(executionArn=arn)["mapRuns"]
        [failed] = client.list_executions(mapRunArn=listed["mapRunArn"], statusFilter="FAILED")[
            "executions"
        ]
        child = client.describe_execution(executionArn=failed["executionArn"])
    assert child["error"] == "ReplayError"
    assert json.loads(child["cause"])["errorMessage"] == "no permission"
    assert json.loads(child["input"])["key"] == failing[0]


def test_a_table_without_backups_fails_the_run_at_once(rebuild: Rebuild) -> None:
    rebuild.recoverable = False
    began = time.monotonic()
    with rebuild.served() as client:
        found = run(client)
    assert found["error"] == "DynamoDb.PointInTimeRecoveryUnavailableException"
    assert "Point in time recovery is not enabled" in found["cause"]
    assert time.monotonic() - began < 3, "what does not pass is not tried again"


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("dynamodb:DescribeExport", "DynamoDb.DynamoDbException"),
        ("s3:PutObjectAcl", "DynamoDb.DynamoDbException"),
        ("s3:ListBucket", "States.ItemReaderFailed"),
        ("s3:ListMultipartUploadParts", "States.ResultWriterFailed"),
        ("states:DescribeExecution", "States.Runtime"),
    ],
)
def test_what_the_role_does_not_grant_fails_the_run(
    rebuild: Rebuild, action: str, error: str
) -> None:
    rebuild.denied = {action}
    with rebuild.served() as client:
        found = run(client)
    assert (found["status"], found["error"]) == ("FAILED", error)
    assert f"may not {action} on " in found["cause"]


def test_an_input_without_its_fields_fails_the_run(rebuild: Rebuild) -> None:
    with rebuild.served() as client:
        found = run(client, '{"workers": 1}')
    assert found["error"] == "States.Runtime"
    assert "'$.rate' could not be found" in found["cause"]


def test_a_name_begins_one_execution_ever(rebuild: Rebuild) -> None:
    """API_StartExecution: the same name and input while it runs is that execution, else an error.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    """
    going_on = threading.Event()

    def replay(given: Payload) -> Payload:
        going_on.wait(30)
        return done(given)

    rebuild.replay = replay
    with rebuild.served() as client:
        asked = {"stateMachineArn": MACHINE, "name": "run"}
        arn = client.start_execution(**asked, input=INPUT)["executionArn"]
        assert client.start_execution(**asked, input=INPUT)["executionArn"] == arn
        with pytest.raises(client.exceptions.ExecutionAlreadyExists):
            client.start_execution(**asked, input='{"workers": 9, "rate": null}')
        running = client.list_executions(stateMachineArn=MACHINE, statusFilter="RUNNING")
        assert [one["executionArn"] for one in running["executions"]] == [arn]
        going_on.set()
        ended(client, arn)
        with pytest.raises(client.exceptions.ExecutionAlreadyExists):
            client.start_execution(**asked, input=INPUT)


def test_what_is_not_there_or_not_run_here_is_an_error(rebuild: Rebuild) -> None:
    with rebuild.served() as client:
        nothing = MACHINE.replace("stateMachine", "execution") + ":nothing"
        with pytest.raises(client.exceptions.ExecutionDoesNotExist):
            client.describe_execution(executionArn=nothing)
        with pytest.raises(client.exceptions.StateMachineDoesNotExist):
            client.start_execution(stateMachineArn=f"{MACHINE}x", name="a", input="{}")
        with pytest.raises(client.exceptions.InvalidExecutionInput):
            client.start_execution(stateMachineArn=MACHINE, name="a", input="{")
        with pytest.raises(ClientError, match="StopExecution is not run here"):
            client.stop_execution(executionArn=nothing)


def test_executions_end_with_the_endpoint(rebuild: Rebuild) -> None:
    calls = itertools.count()

    def replay(given: Payload) -> Payload:
        next(calls)
        time.sleep(0.02)
        return {**given, "done": False}

    rebuild.replay = replay
    with rebuild.served() as client:
        client.start_execution(stateMachineArn=MACHINE, name="endless", input=INPUT)
        while next(calls) < 10:
            time.sleep(0.02)
    time.sleep(0.2)
    before = next(calls)
    time.sleep(0.2)
    assert next(calls) == before + 1
