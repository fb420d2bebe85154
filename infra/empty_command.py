"""`eventlog empty`: removes what is in a stage's buckets, which CloudFormation deletes only empty.

Invariant: a stack with termination protection, as every stage that protects data has, keeps all.
A person does it with their own rights: no role of the stack may delete what is parked or exported.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/deletepolicy.html
"""

import sys
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


class NotEmptiedError(Exception):
    """The stack is protected, or AWS refused; what was removed before stays removed."""


def run_empty(settings: Settings) -> None:
    """Remove every object, and every version of it, from the buckets of a stage's stack.

    Raises:
        NotEmptiedError: the stack is protected, is not there, or its buckets may not be emptied.
    """
    stack = f"{settings.project}-{settings.stage}"
    session = boto3.Session(region_name=settings.region)
    try:
        buckets = buckets_of(session.client("cloudformation"), stack)
        for bucket in buckets:
            removed = empty(session.client("s3"), bucket)
            sys.stdout.write(f"{bucket}: {removed} removed\n")
    except (BotoCoreError, ClientError) as error:
        raise NotEmptiedError(str(error)) from error


def buckets_of(client: "CloudFormationClient", stack: str) -> list[str]:
    """The buckets that a stack made.

    Raises:
        NotEmptiedError: the stack has termination protection.
    """
    [found] = client.describe_stacks(StackName=stack)["Stacks"]
    if found.get("EnableTerminationProtection"):
        raise NotEmptiedError(f"{stack} protects its data: nothing is removed")
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
    return [
        resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::S3::Bucket" and "PhysicalResourceId" in resource
    ]


def empty(client: "S3Client", bucket: str) -> int:
    """Remove all versions and delete markers; how many there were.

    Raises:
        NotEmptiedError: S3 refuses to remove one.
    """
    removed = 0
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects: list[ObjectIdentifierTypeDef] = [
            {"Key": one["Key"], "VersionId": one["VersionId"]} for one in found
        ]
        if objects:
            answer = client.delete_objects(Bucket=bucket, Delete={"Objects": objects})
            if refused := answer.get("Errors"):
                raise NotEmptiedError(f"{bucket}: {refused[0].get('Message')}")
            removed += len(objects)
    return removed
