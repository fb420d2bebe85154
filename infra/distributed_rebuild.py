"""A state machine that replays an export of the log, on as many machines as its input says.

Invariant: its role may do what the definition says, on what it says, and nothing else.
"""

import json

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from domain.metrics import PARKED
from infra.encryption_key import key_grants
from infra.export_bucket import ExportBucket
from infra.function import Function
from infra.log_table import LogTable
from infra.own_metric import own_metric
from infra.rebuild_definition import EXPORTS, RESULTS, definition


class DistributedRebuild(Construct):
    """The log → an export in the bucket → `replay`, once and again for each of its files.

    The construct of a lower level takes the definition as it stands, and adds no grants.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        projection: str,
        log: LogTable,
        exports: ExportBucket,
        replay: Function,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        self._key = key
        self._role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        machine = stepfunctions.CfnStateMachine(
            self,
            "StateMachine",
            role_arn=self._role.role_arn,
            state_machine_type="STANDARD",
            definition_string=json.dumps(definition(encrypted=key is not None)),
            definition_substitutions={
                "Partition": Aws.PARTITION,
                "LogTableArn": log.table_arn,
                "ExportBucket": exports.bucket_name,
                "ReplayFunctionArn": replay.function.function_arn,
                **({"KeyArn": key.key_arn} if key else {}),
            },
        )
        self.arn = machine.attr_arn
        self.parked = own_metric(PARKED, f"{projection}-replay")
        self._allow_export(log, exports)
        self._allow("lambda:InvokeFunction", on=replay.function.function_arn)
        self._allow_map(exports, machine)

    def _allow_export(self, log: LogTable, exports: ExportBucket) -> None:
        """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html"""
        self._allow("dynamodb:ExportTableToPointInTime", on=log.table_arn)
        self._allow("dynamodb:DescribeExport", on=f"{log.table_arn}/export/*")
        self._allow(
            *("s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl"),
            on=exports.arn_for_objects(f"{EXPORTS}/*"),
        )

    def _allow_map(self, exports: ExportBucket, machine: stepfunctions.CfnStateMachine) -> None:
        """https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html"""
        self._allow("s3:ListBucket", on=exports.bucket_arn)
        self._allow(
            *("s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts"),
            "s3:PutObject",
            on=exports.arn_for_objects(f"{RESULTS}/*"),
        )
        # Each file is an execution of this same state machine.
        self._allow("states:StartExecution", on=self.arn)
        executions = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:execution"
        self._allow("states:DescribeExecution", on=f"{executions}:{machine.attr_name}:*")

    def _allow(self, *actions: str, on: str) -> None:
        self._role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[on]))
        for statement in key_grants(self._key, actions):
            self._role.add_to_policy(statement)
