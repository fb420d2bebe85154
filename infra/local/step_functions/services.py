"""What a state machine calls, on this machine: each call by its role's leave.

Invariant: nothing is done that the state machine's role does not grant, and every grant that AWS
documents for what is done is asked for.
https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.iam_actions import Access
from infra.local.step_functions.error import StatesError
from infra.local.table_export import TableExports
from infra.local.workers import InvokeResult

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_EXPORT_WRITES = ("s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl")
_RESULT_WRITES = (
    *("s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts"),
    "s3:PutObject",
)


@dataclass(frozen=True)
class AwsServices:
    """The services of one state machine; `allows` asks its role, `s3` may do anything.

    `invoke` takes a function's name and an event.
    """

    invoke: Callable[[str, Any], InvokeResult]
    exports: TableExports
    s3: S3Client
    allows: Callable[[Access], bool]

    def call(self, resource: str, arguments: dict[str, Any]) -> Any:
        """The answer of a task's resource, which is an ARN.

        Raises:
            StatesError: the service refuses or fails, or the role does not allow it.
        """
        match resource.rsplit(":states:::", maxsplit=1)[-1]:
            case "lambda:invoke":
                return self._invoke(arguments["FunctionName"], arguments["Payload"])
            case "aws-sdk:dynamodb:exportTableToPointInTime":
                return {"ExportDescription": self._export(arguments)}
            case "aws-sdk:dynamodb:describeExport":
                arn = arguments["ExportArn"]
                self._need("DynamoDb.DynamoDbException", Access("dynamodb:DescribeExport", arn))
                return {"ExportDescription": self.exports.describe(arn)}
        raise StatesError("States.Runtime", f"{resource} is not run here")

    def list_objects(self, bucket: str, prefix: str) -> list[dict[str, Any]]:
        """The items of a map over S3: the objects below a prefix.

        https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html

        Raises:
            StatesError: they cannot be listed.
        """
        self._need("States.ItemReaderFailed", Access("s3:ListBucket", f"arn:aws:s3:::{bucket}"))
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        try:
            return [
                {"Key": found["Key"], "Size": found["Size"], "Etag": found["ETag"]}
                for page in pages
                for found in page.get("Contents", [])
            ]
        except (ClientError, BotoCoreError) as error:
            raise StatesError("States.ItemReaderFailed", str(error)) from error

    def write_results(self, bucket: str, prefix: str, outputs: list[str]) -> dict[str, str]:
        """Write executions' outputs, one a line, and a manifest; gives back where that is.

        https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html

        Raises:
            StatesError: they cannot be written.
        """
        folder = f"{prefix}/{uuid.uuid4()}"
        for action in _RESULT_WRITES:
            self._need(
                "States.ResultWriterFailed", Access(action, f"arn:aws:s3:::{bucket}/{folder}/")
            )
        body = "".join(f"{output}\n" for output in outputs).encode()
        succeeded = [{"Key": f"{folder}/SUCCEEDED_0.jsonl", "Size": len(body)}] if outputs else []
        manifest = {
            "DestinationBucket": bucket,
            "ResultFiles": {"SUCCEEDED": succeeded, "FAILED": [], "PENDING": []},
        }
        try:
            for file in succeeded:
                self.s3.put_object(Bucket=bucket, Key=str(file["Key"]), Body=body)
            key = f"{folder}/manifest.json"
            self.s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(manifest).encode())
        except (ClientError, BotoCoreError) as error:
            raise StatesError("States.ResultWriterFailed", str(error)) from error
        return {"Bucket": bucket, "Key": key}

    def begin_map(self, machine_arn: str, execution_arn: str) -> None:
        """What a distributed map needs of its own state machine.

        Raises:
            StatesError: the role does not allow it.
        """
        self._need("States.Runtime", Access("states:StartExecution", machine_arn))
        self._need("States.Runtime", Access("states:DescribeExecution", execution_arn))

    def _invoke(self, function_arn: str, payload: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html"""
        self._need("Lambda.AWSLambdaException", Access("lambda:InvokeFunction", function_arn))
        result = self.invoke(function_arn.rpartition(":")[2], payload)
        if result.failed:
            error = result.json()
            raise StatesError(error.get("errorType", "Lambda.Unknown"), result.payload.decode())
        return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": result.json()}

    def _export(self, request: dict[str, Any]) -> dict[str, Any]:
        """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html"""
        denied = "DynamoDb.DynamoDbException"
        self._need(denied, Access("dynamodb:ExportTableToPointInTime", request["TableArn"]))
        files = f"arn:aws:s3:::{request['S3Bucket']}/{request['S3Prefix']}/AWSDynamoDB/"
        for action in _EXPORT_WRITES:
            self._need(denied, Access(action, files))
        return self.exports.start(request)

    def _need(self, error: str, access: Access) -> None:
        if not self.allows(access):
            cause = f"the state machine's role may not {access.action} on {access.resource}"
            raise StatesError(error, cause)
