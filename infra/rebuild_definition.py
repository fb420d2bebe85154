"""The distributed rebuild in the Amazon States Language.

Invariant: every write is a put, so that a run, a file and a call may each be repeated at any time.

    Export ─► DescribeExport ◄─► WaitForExport
                    │
                    ▼
           ReplayFiles: for each data file, in an execution of its own
                            ReplayFile ◄─► IsFileDone

Names in `${}` are put in by CloudFormation. The input has the number of `workers` and the `rate` of
each in events a second, or null.
https://states-language.net/spec.html
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from typing import Any

EXPORTS = "exports"
"""Exports are under `exports/EXECUTION/AWSDynamoDB/EXPORT/data/`."""

RESULTS = "results"
"""What became of the files is under `results/EXECUTION/`."""

MAP_LABEL = "ReplayFiles"

_RUN = "$$.Execution.Name"
# arn:PARTITION:dynamodb:REGION:ACCOUNT:table/TABLE/export/EXPORT
_EXPORT_ID = "States.ArrayGetItem(States.StringSplit($.ExportDescription.ExportArn, '/'), 3)"

_AGAIN_WITH_JITTER = {
    "IntervalSeconds": 2,
    "BackoffRate": 2,
    "MaxDelaySeconds": 120,
    "MaxAttempts": 8,
    "JitterStrategy": "FULL",
}
_ANY_FAULT_AGAIN = {"ErrorEquals": ["States.TaskFailed"], **_AGAIN_WITH_JITTER}
_AT_ONCE = {
    "ErrorEquals": [
        "DynamoDb.PointInTimeRecoveryUnavailableException",
        "DynamoDb.TableNotFoundException",
    ],
    "MaxAttempts": 0,
}

_EXPORT: dict[str, Any] = {
    "Type": "Task",
    "Resource": "arn:${Partition}:states:::aws-sdk:dynamodb:exportTableToPointInTime",
    "Parameters": {
        "TableArn": "${LogTableArn}",
        "S3Bucket": "${ExportBucket}",
        "S3Prefix.$": f"States.Format('{EXPORTS}/{{}}', {_RUN})",
        "ExportFormat": "DYNAMODB_JSON",
        "ClientToken.$": _RUN,  # tried again, it is the same export
    },
    "ResultSelector": {
        "arn.$": "$.ExportDescription.ExportArn",
        "files.$": f"States.Format('{EXPORTS}/{{}}/AWSDynamoDB/{{}}/data/', {_RUN}, {_EXPORT_ID})",
        "results.$": f"States.Format('{RESULTS}/{{}}', {_RUN})",
    },
    "ResultPath": "$.export",
    "Retry": [_AT_ONCE, _ANY_FAULT_AGAIN],
    "Next": "DescribeExport",
}

_DESCRIBE_EXPORT: dict[str, Any] = {
    "Type": "Task",
    "Resource": "arn:${Partition}:states:::aws-sdk:dynamodb:describeExport",
    "Parameters": {"ExportArn.$": "$.export.arn"},
    "ResultPath": "$.described",
    "Retry": [_ANY_FAULT_AGAIN],
    "Next": "IsExportDone",
}

_IS_EXPORT_DONE: dict[str, Any] = {
    "Type": "Choice",
    "Choices": [
        {
            "Variable": "$.described.ExportDescription.ExportStatus",
            "StringEquals": "COMPLETED",
            "Next": "ReplayFiles",
        },
        {
            "Variable": "$.described.ExportDescription.ExportStatus",
            "StringEquals": "FAILED",
            "Next": "ExportFailed",
        },
    ],
    "Default": "WaitForExport",
}

_REPLAY_FILES: dict[str, Any] = {
    "Type": "Map",
    "Label": MAP_LABEL,
    "ItemReader": {
        "Resource": "arn:${Partition}:states:::s3:listObjectsV2",
        "Parameters": {"Bucket": "${ExportBucket}", "Prefix.$": "$.export.files"},
    },
    "ItemSelector": {"key.$": "$$.Map.Item.Value.Key", "rate.$": "$.rate"},
    "MaxConcurrencyPath": "$.workers",
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "ReplayFile",
        "States": {
            # The function takes how far it is, and gives back how far it has come.
            "ReplayFile": {
                "Type": "Task",
                "Resource": "arn:${Partition}:states:::lambda:invoke",
                "Parameters": {"FunctionName": "${ReplayFunctionArn}", "Payload.$": "$"},
                "OutputPath": "$.Payload",
                "Retry": [_ANY_FAULT_AGAIN],
                "Next": "IsFileDone",
            },
            "IsFileDone": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.done", "BooleanEquals": True, "Next": "FileDone"}],
                "Default": "ReplayFile",
            },
            "FileDone": {"Type": "Succeed"},
        },
    },
    # The results of many files together would be more than a state may hand on.
    "ResultWriter": {
        "Resource": "arn:${Partition}:states:::s3:putObject",
        "Parameters": {"Bucket": "${ExportBucket}", "Prefix.$": "$.export.results"},
        "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"},
    },
    "End": True,
}

# Not said, an export is under S3's own key, whatever the bucket's default.
_ENCRYPTED = {"S3SseAlgorithm": "KMS", "S3SseKmsKeyId": "${KeyArn}"}

DEFINITION: dict[str, Any] = {
    "Comment": "Replays an export of the log into the by-type projection.",
    "StartAt": "Export",
    "States": {
        "Export": _EXPORT,
        "DescribeExport": _DESCRIBE_EXPORT,
        "IsExportDone": _IS_EXPORT_DONE,
        "WaitForExport": {"Type": "Wait", "Seconds": 30, "Next": "DescribeExport"},
        "ExportFailed": {
            "Type": "Fail",
            "ErrorPath": "$.described.ExportDescription.FailureCode",
            "CausePath": "$.described.ExportDescription.FailureMessage",
        },
        "ReplayFiles": _REPLAY_FILES,
    },
}


def definition(*, encrypted: bool) -> dict[str, Any]:
    """The definition; `encrypted`, its exports are under the key `${KeyArn}`.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html
    """
    if not encrypted:
        return DEFINITION
    export = {**_EXPORT, "Parameters": {**_EXPORT["Parameters"], **_ENCRYPTED}}
    return {**DEFINITION, "States": {**DEFINITION["States"], "Export": export}}
