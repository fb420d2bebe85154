"""The log table: the only truth.

Invariant: in a protected stage neither a deletion nor a deployment takes it away.
"""

from typing import cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.logical_id import pin_logical_id
from infra.settings import Settings


class LogTable(dynamodb.Table):
    """Events by `id`, with a stream of what is appended."""

    def __init__(
        self, scope: Construct, id: str, *, settings: Settings, key: kms.IKey | None
    ) -> None:
        keep = settings.protect_data
        super().__init__(
            scope,
            id,
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=keep,
                recovery_period_in_days=settings.recovery_days if keep else None,
            ),
            encryption_key=key,
            deletion_protection=keep,
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        pin_logical_id(self, id)
        self.stream_arn = cast("str", self.table_stream_arn)  # a table without stream has none
