"""`eventlog status`: what it reads on AWS and here, and what it says."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from domain.timestamps import format_utc
from infra.aws_status import aws_status
from infra.deployed_stage import DeployedStage
from infra.local.aws import LocalAws
from infra.local.checkpoints import Checkpoints
from infra.local.lag import oldest_undelivered
from infra.local_status import last_error, local_status
from infra.status import LoggedError, ProjectionStatus, Status, logged_error
from infra.status_command import run_status
from tests.buckets import TestBucket
from tests.projections.replays import append, events
from tests.tables import Tables, create_by_type_table

PARKED = (
    '{"level":"ERROR","location":"x:1","message":"record parked","reason":"refused: too long",'
    '"timestamp":"2026-11-24 15:16:00,052+0000","service":"by-type"}'
)
RAISED = (
    '{"timestamp":"2026-11-24T15:16:01Z","level":"ERROR","errorMessage":"no table",'
    '"errorType":"ResourceNotFoundException","stackTrace":["a","b"],"requestId":"1"}'
)
TRACED = (
    '{"timestamp":"2026-11-24T15:16:02.5Z","level":"ERROR","message":"ValueError",'
    '"stackTrace":["Traceback\\n","ValueError: odd\\n"]}'
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (PARKED, LoggedError("2026-11-24T15:16:00.052000Z", "record parked: refused: too long")),
        (RAISED, LoggedError("2026-11-24T15:16:01.000000Z", "ResourceNotFoundException: no table")),
        (TRACED, LoggedError("2026-11-24T15:16:02.500000Z", "ValueError: odd")),
        ('{"level":"INFO","message":"fine","timestamp":"2026-11-24T15:16:00Z"}', None),
        ("Traceback (most recent call last):", None),
        ("[]", None),
    ],
)
def test_an_error_is_read_from_whoever_logged_it(line: str, expected: LoggedError | None) -> None:
    assert logged_error(line) == expected


def test_the_last_error_of_a_log_is_found(tmp_path: Path) -> None:
    log = tmp_path / "f.log"
    log.write_text("")
    assert last_error(log) is None
    log.write_text(f"{PARKED}\n{TRACED}\n" + '{"type":"platform.report"}\n' * 10)
    assert last_error(log) == logged_error(TRACED)


def stage(tables: Tables, bucket: TestBucket, data: Path) -> DeployedStage:
    aws = LocalAws(tables.client.meta.endpoint_url, bucket.client.meta.endpoint_url, "eu-central-1")
    outputs = {
        "EventsTableName": tables.events,
        "EventsByTypeTableName": tables.events_by_type,
        "ByTypeMappingId": "m",
        "ByTypeProjectorName": "projector",
        "ParkingBucketName": bucket.name,
    }
    return DeployedStage("local", aws.region, outputs, aws, data)


@pytest.fixture
def local(tables: Tables, bucket: TestBucket, tmp_path: Path) -> DeployedStage:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "projector.log").write_text("")
    return stage(tables, bucket, tmp_path)


def test_the_lag_is_the_age_of_the_oldest_event_that_is_not_handled(
    tables: Tables, local: DeployedStage
) -> None:
    data = local.data or Path()
    [none] = local_status(local, data=data).projections
    assert none == ProjectionStatus("by-type", "Enabled", 0.0, 0, None)
    now = datetime.now(UTC)
    for n, age in enumerate((300, 200, 100)):
        append(
            tables,
            events(1, first=n, recorded_at=format_utc(now - timedelta(seconds=age))),
        )
    streams = local.client("dynamodbstreams")
    arn = tables.client.describe_table(TableName=tables.events)["Table"]["LatestStreamArn"]
    file = data / "checkpoints" / "m.json"
    [behind] = local_status(local, data=data).projections
    assert behind.lag_seconds == pytest.approx(300, abs=30)
    assert not behind.healthy
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    expected = [now - timedelta(seconds=age) for age in (200, 100)]
    for record, oldest in zip(records, [*expected, None], strict=True):
        number = record["dynamodb"]["SequenceNumber"]
        Checkpoints(file, stream_arn=arn).advance(shard["ShardId"], number)
        assert oldest_undelivered(streams, stream_arn=arn, checkpoints=file) == oldest
    streams.close()


def test_what_is_parked_makes_exit_code_1(
    local: DeployedStage, bucket: TestBucket, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_status(local, watch=False, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["healthy"] is True
    bucket.client.put_object(Bucket=bucket.name, Key="parked/by-type/2026/11/24/a/1", Body=b"")
    log = (local.data or Path()) / "logs" / "projector.log"
    log.write_text(f"{PARKED}\n")
    assert run_status(local, watch=False, as_json=False) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "Stage local: needs an operator, see docs/operate.md" in printed
    assert "by-type Enabled 0.0 s 1" in printed
    assert "ago: record parked: refused: too long" in printed


def test_a_projection_without_its_table_is_not_healthy(
    tables: Tables, local: DeployedStage
) -> None:
    outputs = {**local.outputs, "EventsByTypeTableName": "gone"}
    [by_type] = local_status(replace(local, outputs=outputs), data=local.data or Path()).projections
    assert (by_type.state, by_type.healthy) == ("table is gone", False)


def test_watching_without_a_terminal_prints_one_screen_after_the_other(
    local: DeployedStage, capsys: pytest.CaptureFixture[str]
) -> None:
    waits = iter([None])

    def wait(_seconds: float) -> None:
        if next(waits, "ended") == "ended":
            raise KeyboardInterrupt

    assert run_status(local, watch=True, as_json=False, wait=wait) == 0
    assert capsys.readouterr().out.count("Stage local: healthy") == 2


def test_health_is_nothing_parked_nothing_behind_and_nothing_throttled() -> None:
    projection = ProjectionStatus("p", "Enabled", 0.0, 0, LoggedError("then", "old"))
    healthy = Status("prod", "now", 0, [projection])
    assert healthy.healthy
    assert replace(healthy, projections=[replace(projection, lag_seconds=None)]).healthy
    assert replace(healthy, projections=[replace(projection, lag_seconds=299.0)]).healthy
    for sick in (
        replace(healthy, throttled=1),
        replace(healthy, projections=[replace(projection, lag_seconds=300.0)]),
        replace(healthy, projections=[projection, replace(projection, parked=1)]),
        replace(healthy, projections=[replace(projection, state="Disabled")]),
    ):
        assert not sick.healthy


@pytest.fixture
def on_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[DeployedStage]:
    """A stage in moto's AWS; its function is a name alone, since moto runs none."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "any")
    outputs = {
        "EventsTableName": "log",
        "EventsByTypeTableName": "by-type",
        "ByTypeProjectorName": "projector",
        "ByTypeProjectorLogs": "projector-logs",
        "ParkingBucketName": "parking",
        "ByTypeMappingId": "m",
    }
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="parking")
        create_by_type_table(boto3.client("dynamodb", region_name="us-east-1"), "by-type")
        boto3.client("logs", region_name="us-east-1").create_log_group(
            logGroupName="projector-logs"
        )
        yield WithMapping("prod", "us-east-1", outputs)


class WithMapping(DeployedStage):
    """Its one event source mapping is enabled."""

    def client(self, service: str, **config: Any) -> Any:
        return _Mappings() if service == "lambda" else super().client(service, **config)


class _Mappings:
    def get_event_source_mapping(self, *, UUID: str) -> dict[str, str]:  # noqa: N803
        return {"UUID": UUID, "State": "Enabled"}


def test_on_aws_nothing_delivered_is_unknown_and_not_zero(on_aws: DeployedStage) -> None:
    status = aws_status(on_aws)
    assert status.projections == [ProjectionStatus("by-type", "Enabled", None, 0, None)]
    assert status.throttled == 0


def test_on_aws_the_figures_are_cloudwatchs(on_aws: DeployedStage) -> None:
    now = datetime.now(UTC)

    def put(namespace: str, metric: str, dimension: str, of: str, value: float) -> None:
        on_aws.client("cloudwatch").put_metric_data(
            Namespace=namespace,
            MetricData=[
                {
                    "MetricName": metric,
                    "Dimensions": [{"Name": dimension, "Value": of}],
                    "Timestamp": now - timedelta(minutes=2),
                    "Value": value,
                }
            ],
        )

    put("AWS/Lambda", "IteratorAge", "FunctionName", "projector", 420_000)
    put("AWS/Lambda", "IteratorAge", "FunctionName", "another", 990_000)
    put("AWS/DynamoDB", "WriteThrottleEvents", "TableName", "log", 3)
    put("AWS/DynamoDB", "ReadThrottleEvents", "TableName", "log", 4)
    put("AWS/DynamoDB", "WriteThrottleEvents", "TableName", "by-type", 9)
    on_aws.client("s3").put_object(Bucket="parking", Key="aws/lambda/m/shard/x", Body=b"")
    logs = on_aws.client("logs")
    logs.create_log_stream(logGroupName="projector-logs", logStreamName="s")
    at = int(now.timestamp() * 1000) - 1000
    logs.put_log_events(
        logGroupName="projector-logs",
        logStreamName="s",
        logEvents=[
            {"timestamp": at, "message": line} for line in (TRACED, RAISED, "START RequestId")
        ],
    )
    status = aws_status(on_aws)
    [projection] = status.projections
    assert (projection.lag_seconds, projection.parked, status.throttled) == (420.0, 1, 7)
    assert projection.last_error == logged_error(TRACED)
