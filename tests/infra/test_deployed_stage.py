"""Finding a stage: the one that runs here, and the ones in CloudFormation."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from infra.deployed_stage import StageNotFoundError, deployed_stage
from infra.running_stack import RunningStack, StackNotRunningError
from infra.setting_errors import UnknownStageError

OUTPUTS = {"EventsTableName": "log", "EventsByTypeTableName": "by-type", "TypeShards": "4"}
TEMPLATE = {
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    "Outputs": {name: {"Value": value} for name, value in OUTPUTS.items()},
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "any")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.delenv("PROJECT", raising=False)
    with mock_aws():
        yield


def write(data: Path, *, pid: int) -> RunningStack:
    stack = RunningStack(
        api="http://127.0.0.1:1",
        dynamodb="http://127.0.0.1:2",
        s3="http://127.0.0.1:3",
        states="http://127.0.0.1:4",
        region="eu-central-1",
        pid=pid,
        outputs=OUTPUTS,
    )
    (data / "stack.json").write_text(json.dumps(asdict(stack)))
    return stack


def test_local_is_the_stack_that_runs_on_the_data_folder(tmp_path: Path) -> None:
    write(tmp_path, pid=os.getpid())
    stage = deployed_stage("local", data=tmp_path)
    assert (stage.log_table, stage.by_type_table, stage.type_shards) == ("log", "by-type", 4)
    for number, service in enumerate(["dynamodb", "s3", "stepfunctions"], start=2):
        assert stage.client(service).meta.endpoint_url == f"http://127.0.0.1:{number}"


def test_a_stack_that_was_killed_does_not_run(tmp_path: Path) -> None:
    with pytest.raises(StackNotRunningError, match="start one with `make run`"):
        deployed_stage("local", data=tmp_path)
    write(tmp_path, pid=2**22 + 1)  # above Linux's highest process id
    with pytest.raises(StackNotRunningError, match="start one with `make run`"):
        deployed_stage("local", data=tmp_path)


@pytest.mark.usefixtures("aws")
def test_another_stage_is_found_by_its_stack(tmp_path: Path) -> None:
    boto3.client("cloudformation", region_name="eu-central-1").create_stack(
        StackName="event-logger-prod", TemplateBody=json.dumps(TEMPLATE)
    )
    stage = deployed_stage("prod", data=tmp_path)
    assert stage.outputs == OUTPUTS
    assert stage.client("dynamodb").meta.region_name == "eu-central-1"


@pytest.mark.usefixtures("aws")
def test_a_stage_without_a_stack_is_named(tmp_path: Path) -> None:
    with pytest.raises(StageNotFoundError, match="stack event-logger-staging cannot be read"):
        deployed_stage("staging", data=tmp_path)
    with pytest.raises(UnknownStageError, match="dev, staging, prod"):
        deployed_stage("nowhere", data=tmp_path)
