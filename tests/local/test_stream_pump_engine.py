"""The pump on AWS's own DynamoDB Local."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

from infra.local.checkpoints import Checkpoints
from infra.local.stream_pump import InvocationError, Mapping, StreamPump
from tests.local.streams import sequence

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

ROOT = Path(__file__).parents[2]
LONG = [f"e{number}" for number in range(3000)]


@dataclass(frozen=True)
class LogTable:
    """A table like the event log's, with its stream."""

    client: "DynamoDBClient"
    streams: "DynamoDBStreamsClient"
    name: str
    stream_arn: str

    def write(self, *ids: str) -> None:
        for start in range(0, len(ids), 25):
            puts: Any = [
                {"PutRequest": {"Item": {"id": {"S": one}, "bytes": {"B": b"\x00\xff"}}}}
                for one in ids[start : start + 25]
            ]
            self.client.batch_write_item(RequestItems={self.name: puts})


@contextlib.contextmanager
def new_table(endpoint: str) -> Iterator[LogTable]:
    where: Any = {
        "endpoint_url": endpoint,
        "region_name": "eu-central-1",
        "aws_access_key_id": "local",
        "aws_secret_access_key": "local",
    }
    client, streams = boto3.client("dynamodb", **where), boto3.client("dynamodbstreams", **where)
    name = f"log-{uuid4()}"
    description = client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    yield LogTable(client, streams, name, description["LatestStreamArn"])
    client.delete_table(TableName=name)
    client.close()
    streams.close()


@pytest.fixture
def table(dynamodb_local: str) -> Iterator[LogTable]:
    with new_table(dynamodb_local) as table:
        yield table


@pytest.fixture(scope="module")
def long_table(dynamodb_local: str) -> Iterator[LogTable]:
    """A table whose stream has 3,000 records."""
    with new_table(dynamodb_local) as table:
        table.write(*LONG)
        yield table


@contextlib.contextmanager
def pumping(
    table: LogTable, checkpoints: Path, invoke: Callable[[dict[str, Any]], object], **settings: Any
) -> Iterator[StreamPump]:
    """A pump that runs within the block."""
    pump = StreamPump(
        Mapping("m", table.stream_arn, **settings),
        streams=table.streams,
        invoke=invoke,
        checkpoints=checkpoints,
        backoff=lambda _: 0.001,
    )
    pump.start()
    try:
        yield pump
    finally:
        pump.stop()


def ids(event: dict[str, Any]) -> list[str]:
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]


def test_a_write_reaches_the_function_as_a_lambda_event_soon(
    table: LogTable, tmp_path: Path
) -> None:
    arrived = threading.Event()
    events: list[dict[str, Any]] = []

    def invoke(event: dict[str, Any]) -> None:
        events.append(event)
        arrived.set()

    with pumping(table, tmp_path / "m.json", invoke) as pump:
        assert pump.wait_idle(10)
        written = time.monotonic()
        table.write("one")
        assert arrived.wait(20)
        waited = time.monotonic() - written
    [record] = events[0]["Records"]
    assert record["eventName"] == "INSERT"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["eventSourceARN"] == table.stream_arn
    image = {"id": {"S": "one"}, "bytes": {"B": "AP8="}}
    assert record["dynamodb"]["NewImage"] == image
    assert abs(record["dynamodb"]["ApproximateCreationDateTime"] - time.time()) < 90
    assert waited < 2, "about 0.1 s on a machine that has nothing else to do"


def test_3000_records_all_arrive_though_the_function_fails_now_and_then(
    long_table: LogTable, tmp_path: Path
) -> None:
    handled: list[str] = []
    lock = threading.Lock()
    invocations = 0

    def invoke(event: dict[str, Any]) -> object:
        nonlocal invocations
        with lock:
            invocations += 1
            if invocations % 7 == 0:
                raise InvocationError("now and then")
            half = len(ids(event)) // 2 if invocations % 5 == 0 else len(ids(event))
            handled.extend(ids(event)[:half])
            left = event["Records"][half:]
            numbers = [{"itemIdentifier": one["dynamodb"]["SequenceNumber"]} for one in left]
            return {"batchItemFailures": numbers}

    settings: dict[str, Any] = {"bisect": True, "report_failures": True, "parallelization": 3}
    with pumping(long_table, tmp_path / "m.json", invoke, **settings) as pump:
        assert pump.wait_idle(60)
    assert sorted(handled) == sorted(LONG)


def test_a_killed_pump_goes_on_where_it_was(
    long_table: LogTable, tmp_path: Path, dynamodb_local: str
) -> None:
    checkpoints, before_kill = tmp_path / "m.json", tmp_path / "handled"
    arguments = [dynamodb_local, long_table.stream_arn, str(checkpoints), str(before_kill)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.local.pump_process", *arguments], cwd=ROOT
    ) as process:
        deadline = time.monotonic() + 30
        while _lines(before_kill) < 500 and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        process.kill()
    assert 500 <= _lines(before_kill) < len(LONG)

    after: list[str] = []
    with pumping(long_table, checkpoints, lambda event: after.extend(ids(event))) as pump:
        assert pump.wait_idle(60)
    assert set(before_kill.read_text().split()) | set(after) == set(LONG)
    assert len(after) < len(LONG), "it did not begin anew"


def test_a_closed_shard_is_read_to_its_end_and_not_again(table: LogTable, tmp_path: Path) -> None:
    table.write("one", "two")
    table.client.update_table(TableName=table.name, StreamSpecification={"StreamEnabled": False})
    handled: list[str] = []
    for _ in range(2):
        with pumping(table, tmp_path / "m.json", lambda event: handled.extend(ids(event))) as pump:
            assert pump.wait_idle(10)
    assert sorted(handled) == ["one", "two"]
    ended = Checkpoints(tmp_path / "m.json", stream_arn=table.stream_arn).ended()
    assert len(ended) == 1


def test_a_checkpoint_at_the_end_of_a_closed_shard_is_a_good_one(
    table: LogTable, tmp_path: Path
) -> None:
    """A kill between the last record and the end of its shard."""
    table.write("one")
    table.client.update_table(TableName=table.name, StreamSpecification={"StreamEnabled": False})
    [shard] = table.streams.describe_stream(StreamArn=table.stream_arn)["StreamDescription"][
        "Shards"
    ]
    last = shard["SequenceNumberRange"]["EndingSequenceNumber"]
    assert len(last) == len(sequence(1))
    Checkpoints(tmp_path / "m.json", stream_arn=table.stream_arn).advance(shard["ShardId"], last)
    handled: list[str] = []
    with pumping(table, tmp_path / "m.json", lambda event: handled.extend(ids(event))) as pump:
        assert pump.wait_idle(10)
    assert handled == []


def _lines(path: Path) -> int:
    return path.read_text().count("\n") if path.exists() else 0
