"""An export of a table has the layout that DynamoDB documents, and is refused where it refuses.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from domain.item import item_of
from infra.local.object_store import object_store
from infra.local.states_error import StatesError
from infra.local.table_export import TableExports
from projections import export_file
from projections.export_items import read_items
from tests.projections.replays import append, events
from tests.tables import Tables


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[Any]:
    with object_store(journal=tmp_path / "journal") as endpoint:
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106  # the local store takes any
        )
        yield client
        client.close()


@pytest.fixture
def bucket(s3: Any, tables: Tables) -> str:
    name = f"exports-{tables.events[-32:]}"
    s3.create_bucket(Bucket=name)
    return name


def request(tables: Tables, bucket: str, *, token: str = "run") -> dict[str, Any]:  # noqa: S107
    table = tables.client.describe_table(TableName=tables.events)["Table"]
    return {
        "TableArn": table["TableArn"],
        "S3Bucket": bucket,
        "S3Prefix": "exports/run",
        "ExportFormat": "DYNAMODB_JSON",
        "ClientToken": token,
    }


def ended(exports: TableExports, arn: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while (found := exports.describe(arn))["ExportStatus"] == "IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def test_every_item_is_in_one_of_the_data_files(tables: Tables, s3: Any, bucket: str) -> None:
    log = events(1_200)
    append(tables, log)
    asked = request(tables, bucket)
    exports = TableExports(tables.client, s3, recoverable={asked["TableArn"]})
    started = exports.start(asked)
    arn = started["ExportArn"]
    assert started["ExportStatus"] == "IN_PROGRESS"
    assert arn.startswith(f"{asked['TableArn']}/export/")
    assert ended(exports, arn)["ExportStatus"] == "COMPLETED"

    folder = f"exports/run/AWSDynamoDB/{arn.rpartition('/')[2]}/"
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert all(key.startswith(folder) for key in keys)
    files = sorted(key for key in keys if key.startswith(f"{folder}data/"))
    assert all(key.endswith(".json.gz") for key in files)
    others = {key.removeprefix(folder) for key in set(keys) - set(files)}
    assert others == {"_started", "manifest-files.json", "manifest-summary.json"}

    found = [
        event
        for file in files
        for event in read_items(list(export_file.lines(s3, bucket, file))).events
    ]
    assert sorted(found, key=lambda event: event.id) == log

    summary = json.loads(read(s3, bucket, f"{folder}manifest-summary.json"))
    assert (summary["itemCount"], summary["exportArn"]) == (1_200, arn)
    manifest = read(s3, bucket, f"exports/run/{summary['manifestFilesS3Key']}").splitlines()
    listed = [json.loads(line) for line in manifest]
    assert sorted(f"exports/run/{file['dataFileS3Key']}" for file in listed) == files
    assert sum(file["itemCount"] for file in listed) == 1_200


def test_binary_values_are_in_base64(tables: Tables, s3: Any, bucket: str) -> None:
    [event] = events(1)
    append(tables, [event])
    asked = request(tables, bucket)
    exports = TableExports(tables.client, s3, recoverable={asked["TableArn"]})
    arn = exports.start(asked)["ExportArn"]
    ended(exports, arn)
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    lines = [line for key in keys if "/data/" in key for line in export_file.lines(s3, bucket, key)]
    [item] = [json.loads(line)["Item"] for line in lines]
    assert item["hash"]["B"] == base64.b64encode(item_of(event)["hash"]["B"]).decode()


def test_the_same_token_is_the_same_export(tables: Tables, s3: Any, bucket: str) -> None:
    """API_ExportTableToPointInTime: a ClientToken makes the call idempotent."""
    asked = request(tables, bucket)
    exports = TableExports(tables.client, s3, recoverable={asked["TableArn"]})
    first = exports.start(asked)["ExportArn"]
    ended(exports, first)
    assert exports.start(asked)["ExportArn"] == first
    other = exports.start(asked | {"ClientToken": "other"})["ExportArn"]
    assert ended(exports, other)["ExportArn"] != first


def test_a_table_without_point_in_time_recovery_is_refused(
    tables: Tables, s3: Any, bucket: str
) -> None:
    exports = TableExports(tables.client, s3, recoverable=set())
    with pytest.raises(StatesError, match="Point in time recovery is not enabled") as caught:
        exports.start(request(tables, bucket))
    assert caught.value.error == "DynamoDb.PointInTimeRecoveryUnavailableException"


def test_an_export_that_cannot_be_written_fails_with_its_reason(tables: Tables, s3: Any) -> None:
    asked = request(tables, "no-such-bucket")
    exports = TableExports(tables.client, s3, recoverable={asked["TableArn"]})
    failed = ended(exports, exports.start(asked)["ExportArn"])
    assert (failed["ExportStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert "does not exist" in failed["FailureMessage"]


def read(s3: Any, bucket: str, key: str) -> str:
    return str(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode())
