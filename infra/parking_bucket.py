"""The parking bucket: what no projection took, until an operator sends it in again.

Invariant: nothing that is parked expires; only what a redrive has removed does, after 30 days.
"""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.logical_id import pin_logical_id
from infra.settings import Settings

_KEPT_AFTER_REDRIVE = Duration.days(30)


class ParkingBucket(s3.Bucket):
    """Encrypted, versioned, reachable over TLS alone; `projections/parking.py` has its keys."""

    def __init__(
        self, scope: Construct, id: str, *, settings: Settings, key: kms.IKey | None
    ) -> None:
        super().__init__(
            scope,
            id,
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=True if key else None,  # a call for many objects, not for each
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    noncurrent_version_expiration=_KEPT_AFTER_REDRIVE,
                    expired_object_delete_marker=True,
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
            removal_policy=(
                RemovalPolicy.RETAIN if settings.protect_data else RemovalPolicy.DESTROY
            ),
        )
        pin_logical_id(self, id)
