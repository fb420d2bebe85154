"""Creates the template's buckets in the object store, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.resources import Bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_REGION_WITHOUT_CONSTRAINT = "us-east-1"  # S3 takes no location constraint there


def create_buckets(client: S3Client, buckets: list[Bucket]) -> None:
    """Create what is missing."""
    existing = {found["Name"] for found in client.list_buckets()["Buckets"]}
    region = client.meta.region_name
    place: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    for bucket in buckets:
        if bucket.name in existing:
            continue
        client.create_bucket(
            Bucket=bucket.name, **({} if region == _REGION_WITHOUT_CONSTRAINT else place)
        )
        if bucket.versioned:
            client.put_bucket_versioning(
                Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"}
            )
