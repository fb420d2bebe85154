"""A state machine that replays an export of the log, on as many machines as its input says.

Invariant: its role gains only what `allow` names, and what a distributed map needs of itself.
"""

import json

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.export_bucket import ExportBucket
from infra.function import Function
from infra.log_table import LogTable
from infra.rebuild_definition import DEFINITION


class DistributedRebuild(Construct):
    """The log → an export in the bucket → `replay`, once and again for each of its files.

    The construct of a lower level takes the definition as it stands, and adds no grants.
    """

    def __init__(
        self, scope: Construct, id: str, *, log: LogTable, exports: ExportBucket, replay: Function
    ) -> None:
        super().__init__(scope, id)
        self._role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        machine = stepfunctions.CfnStateMachine(
            self,
            "StateMachine",
            role_arn=self._role.role_arn,
            state_machine_type="STANDARD",
            definition_string=json.dumps(DEFINITION),
            definition_substitutions={
                "Partition": Aws.PARTITION,
                "LogTableArn": log.table_arn,
                "ExportBucket": exports.bucket_name,
                "ReplayFunctionArn": replay.function.function_arn,
            },
        )
        self.arn = machine.attr_arn
        # Each file is an execution of this same state machine.
        # https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
        self.allow("states:StartExecution", on=self.arn)
        executions = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:execution"
        self.allow("states:DescribeExecution", on=f"{executions}:{machine.attr_name}:*")

    def allow(self, *actions: str, on: str) -> None:
        """Let the state machine call these IAM actions on the resource with this ARN."""
        self._role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[on]))
