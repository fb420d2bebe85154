"""An export of a table has the layout that DynamoDB documents, and is refused where it refuses.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import base64
import json
import time
from typing import Any

import pytest

from domain.item import item_of
from infra.local.step_functions.error import StatesError
from infra.local.table_export import TableExports
from projections import export_file
from projections.export_items import read_items
from tests.buckets import TestBucket
from tests.projections.replays import append, events
from tests.tables import Tables


def request(tables: Tables, bucket: str) -> dict[str, Any]:
    table = tables.client.describe_table(TableName=tables.events)["Table"]
    return {
        "TableArn": table["TableArn"],
        "S3Bucket": bucket,
        "S3Prefix": "exports/run",
        "ExportFormat": "DYNAMODB_JSON",
        "ClientToken": "run",
    }


def ended(exports: TableExports, arn: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while (found := exports.describe(arn))["ExportStatus"] == "IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def test_every_item_is_in_one_of_the_data_files(tables: Tables, bucket: TestBucket) -> None:
    log = events(1_200)
    append(tables, log)
    asked = request(tables, bucket.name)
    exports = TableExports(tables.client, bucket.client, recoverable={asked["TableArn"]})
    started = exports.start(asked)
    arn = started["ExportArn"]
    assert started["ExportStatus"] == "IN_PROGRESS"
    assert arn.startswith(f"{asked['TableArn']}/export/")
    assert ended(exports, arn)["ExportStatus"] == "COMPLETED"

    folder = f"exports/run/AWSDynamoDB/{arn.rpartition('/')[2]}/"
    keys = bucket.keys()
    assert all(key.startswith(folder) for key in keys)
    files = sorted(key for key in keys if key.startswith(f"{folder}data/"))
    assert all(key.endswith(".json.gz") for key in files)
    others = {key.removeprefix(folder) for key in set(keys) - set(files)}
    assert others == {"_started", "manifest-files.json", "manifest-summary.json"}

    found = [
        event
        for file in files
        for event in read_items(list(export_file.lines(bucket.client, bucket.name, file))).events
    ]
    assert sorted(found, key=lambda event: event.id) == log

    summary = json.loads(read(bucket, f"{folder}manifest-summary.json"))
    assert (summary["itemCount"], summary["exportArn"]) == (1_200, arn)
    manifest = read(bucket, f"exports/run/{summary['manifestFilesS3Key']}").splitlines()
    listed = [json.loads(line) for line in manifest]
    assert sorted(f"exports/run/{file['dataFileS3Key']}" for file in listed) == files
    assert sum(file["itemCount"] for file in listed) == 1_200


def test_binary_values_are_in_base64(tables: Tables, bucket: TestBucket) -> None:
    [event] = events(1)
    append(tables, [event])
    asked = request(tables, bucket.name)
    exports = TableExports(tables.client, bucket.client, recoverable={asked["TableArn"]})
    arn = exports.start(asked)["ExportArn"]
    ended(exports, arn)
    keys = bucket.keys()
    lines = [
        line
        for key in keys
        if "/data/" in key
        for line in export_file.lines(bucket.client, bucket.name, key)
    ]
    [item] = [json.loads(line)["Item"] for line in lines]
    assert item["hash"]["B"] == base64.b64encode(item_of(event)["hash"]["B"]).decode()


def test_the_same_token_is_the_same_export(tables: Tables, bucket: TestBucket) -> None:
    """API_ExportTableToPointInTime: a ClientToken makes the call idempotent."""
    asked = request(tables, bucket.name)
    exports = TableExports(tables.client, bucket.client, recoverable={asked["TableArn"]})
    first = exports.start(asked)["ExportArn"]
    ended(exports, first)
    assert exports.start(asked)["ExportArn"] == first
    other = exports.start(asked | {"ClientToken": "other"})["ExportArn"]
    assert ended(exports, other)["ExportArn"] != first


def test_a_table_without_point_in_time_recovery_is_refused(
    tables: Tables, bucket: TestBucket
) -> None:
    exports = TableExports(tables.client, bucket.client, recoverable=set())
    with pytest.raises(StatesError, match="Point in time recovery is not enabled") as caught:
        exports.start(request(tables, bucket.name))
    assert caught.value.error == "DynamoDb.PointInTimeRecoveryUnavailableException"


def test_an_export_that_cannot_be_written_fails_with_its_reason(
    tables: Tables, bucket: TestBucket
) -> None:
    asked = request(tables, "no-such-bucket")
    exports = TableExports(tables.client, bucket.client, recoverable={asked["TableArn"]})
    failed = ended(exports, exports.start(asked)["ExportArn"])
    assert (failed["ExportStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert "does not exist" in failed["FailureMessage"]


def read(bucket: TestBucket, key: str) -> str:
    return bucket.client.get_object(Bucket=bucket.name, Key=key)["Body"].read().decode()
