"""The log table: the only truth.

Invariant: in a protected stage neither a deletion nor a deployment takes it away.
"""

from typing import cast

from aws_cdk import CfnResource, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.settings import Settings


class LogTable(dynamodb.Table):
    """Events by `id`, with a stream of what is appended."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        keep = settings.protect_data
        super().__init__(
            scope,
            id,
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=keep
            ),
            deletion_protection=keep,
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        pin_logical_id(self, id)
        self.stream_arn = cast("str", self.table_stream_arn)  # a table without stream has none


def pin_logical_id(table: dynamodb.Table, logical_id: str) -> None:
    """Keep a table's logical id whatever becomes of the constructs around it.

    CloudFormation takes a resource under another logical id for a new, empty one.
    """
    cast("CfnResource", table.node.default_child).override_logical_id(logical_id)
