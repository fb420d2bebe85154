"""The by-type table: listings derived from the log.

Invariant: it holds nothing that a rebuild from the log would not bring back, hence no backups.
"""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.logical_id import pin_logical_id
from infra.settings import Settings


class ByTypeTable(dynamodb.Table):
    """Rows by `pk` (type and shard), in the order of `sk` (time and id)."""

    def __init__(
        self, scope: Construct, id: str, *, settings: Settings, key: kms.IKey | None
    ) -> None:
        keep = settings.protect_data
        super().__init__(
            scope,
            id,
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption_key=key,
            deletion_protection=keep,
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        pin_logical_id(self, id)
