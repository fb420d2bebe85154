"""The template's mappings over real functions, streams and buckets: what a failed invocation is.

Follows "Retain discarded records for a DynamoDB event source in Lambda": a function that raises,
exits or runs into its timeout has failed, and what is given up is kept whole in S3.
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from infra.local.aws import LocalAws
from infra.local.errors import LocalStackError
from infra.local.event_source_mapping import Mapping
from infra.local.iam_usage import Usage
from infra.local.object_store import object_store
from infra.local.pumps import failure_of, running_pumps
from infra.local.resources import Function, Statement
from infra.local.workers import Functions
from tests.local.test_workers import LOGS, function
from tests.tables import Tables

REGION = "eu-central-1"
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DAY = r"\d{4}/\d\d/\d\d"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d"
ANYTHING = Statement("Allow", ("dynamodb:*", "s3:*"), ("*",))

HANDLER = """
import os, time
from pathlib import Path

def consume(event, context):
    ids = [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]
    if "raises" in ids:
        raise ValueError("no")
    if "exits" in ids:
        os._exit(7)
    if "hangs" in ids:
        time.sleep(60)
    with Path(os.environ["HANDLED"]).open("a") as file:
        file.writelines(f"{one}\\n" for one in ids)
"""


@dataclass(frozen=True)
class Parts:
    """A log table with its mapping, and what stands behind it."""

    aws: LocalAws
    tables: Tables
    functions: Functions
    function: Function
    mapping: Mapping
    bucket: str
    data: Path

    def run(self, **changed: Any) -> None:
        """Pump until nothing is left to do."""
        mapping = replace(self.mapping, **changed)
        with running_pumps(
            [mapping],
            functions=self.functions,
            roles={self.function.name: self.function},
            usage=Usage([self.function.role]),
            aws=self.aws,
            data=self.data,
        ) as [pump]:
            assert pump.wait_idle(60)
            assert failure_of(pump) is None

    def given_up(self) -> dict[str, dict[str, Any]]:
        """The documents in the destination's bucket by the ids that they hold, joined."""
        found = {}
        with closing(self.aws.client("s3")) as s3:
            for one in s3.list_objects_v2(Bucket=self.bucket).get("Contents", []):
                answer = s3.get_object(Bucket=self.bucket, Key=one["Key"])
                body = json.loads(answer["Body"].read())
                ids = [
                    record["dynamodb"]["Keys"]["id"]["S"]
                    for record in json.loads(body["payload"])["Records"]
                ]
                found[" ".join(ids)] = body | {"key": one["Key"]}
        return found


@pytest.fixture
def parts(tables: Tables, dynamodb_local: str, tmp_path: Path) -> Iterator[Parts]:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "handlers.py").write_text(HANDLER)
    consumer = function("consume", timeout=1, statements=(LOGS, ANYTHING))
    consumer = replace(consumer, environment={"HANDLED": str(tmp_path / "handled")})
    bucket = f"given-up-{uuid.uuid4()}"  # moto's buckets are the whole process's
    table = tables.client.describe_table(TableName=tables.events)["Table"]
    mapping = Mapping(
        "m",
        table["LatestStreamArn"],
        bisect=True,
        max_retries=0,
        function_name="consume",
        on_failure_arn=f"arn:aws:s3:::{bucket}",
    )
    with (
        object_store(journal=tmp_path / "s3") as s3,
        Functions(
            [consumer],
            environment={},
            arns={},
            logs=tmp_path / "logs",
            usage=Usage([]),
            code=tmp_path / "code",
        ) as functions,
    ):
        aws = LocalAws(dynamodb_local, s3, REGION)
        with closing(aws.client("s3")) as client:
            client.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        yield Parts(aws, tables, functions, consumer, mapping, bucket, tmp_path)


def test_a_function_that_raises_exits_or_hangs_has_failed_and_its_records_are_kept(
    parts: Parts,
) -> None:
    ids = ["a", "raises", "b", "exits", "c", "hangs"]
    for id in ids:
        parts.tables.client.put_item(
            TableName=parts.tables.events, Item={"id": {"S": id}, "bytes": {"B": b"\x00"}}
        )
    parts.run()
    handled = (parts.data / "handled").read_text().split()
    assert handled == ["a", "b", "c"]
    given_up = parts.given_up()
    assert sorted(given_up) == ["exits", "hangs", "raises"]
    for id, document in given_up.items():
        assert document["requestContext"]["condition"] == "RetryAttemptsExhausted"
        assert document["responseContext"]["functionError"] == "Unhandled"
        [record] = json.loads(document["payload"])["Records"]
        assert record["dynamodb"]["NewImage"] == {"id": {"S": id}, "bytes": {"B": "AA=="}}
        shard = re.escape(document["DDBStreamBatchInfo"]["shardId"])
        layout = f"aws/lambda/{parts.mapping.uuid}/{shard}/{DAY}/{MOMENT}-{UUID}"
        assert re.fullmatch(layout, document["key"])


def test_a_batch_as_large_as_an_invocation_may_be_reaches_the_function(parts: Parts) -> None:
    ids = [f"large-{number}" for number in range(500)]
    for start in range(0, len(ids), 25):
        puts: Any = [
            {"PutRequest": {"Item": {"id": {"S": id}, "payload": {"S": "x" * 13_000}}}}
            for id in ids[start : start + 25]
        ]
        parts.tables.client.batch_write_item(RequestItems={parts.tables.events: puts})
    parts.run(batch_size=len(ids))
    assert sorted((parts.data / "handled").read_text().split()) == sorted(ids)


def test_a_destination_that_keeps_only_metadata_is_refused(parts: Parts) -> None:
    with pytest.raises(LocalStackError, match="which is no bucket"):
        parts.run(on_failure_arn="arn:aws:sqs:eu-central-1:000000000000:dead-letters")


def test_a_mapping_that_is_not_enabled_runs_no_pump(parts: Parts) -> None:
    with running_pumps(
        [replace(parts.mapping, enabled=False)],
        functions=parts.functions,
        roles={},
        usage=Usage([]),
        aws=parts.aws,
        data=parts.data,
    ) as pumps:
        assert pumps == []
