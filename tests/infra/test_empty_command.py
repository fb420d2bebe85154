"""A stage's buckets are emptied before its stack is deleted, unless it protects its data."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from infra.empty_command import NotEmptiedError, buckets_of, empty
from tests.buckets import TestBucket

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

STACK = "event-logger-dev"


def cloudformation(*, protected: bool) -> "tuple[CloudFormationClient, Stubber]":
    client: CloudFormationClient = boto3.client(
        "cloudformation",
        region_name="eu-central-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",  # noqa: S106  # none
    )
    stubber = Stubber(client)
    stack = {
        "StackName": STACK,
        "CreationTime": "2026-11-24T00:00:00Z",
        "StackStatus": "CREATE_COMPLETE",
        "EnableTerminationProtection": protected,
    }
    stubber.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": STACK})
    return client, stubber


def resource(kind: str, name: str | None) -> dict[str, str]:
    named = {"PhysicalResourceId": name} if name else {}
    return {
        "LogicalResourceId": "Any",
        "ResourceType": kind,
        "LastUpdatedTimestamp": "2026-11-24T00:00:00Z",
        "ResourceStatus": "CREATE_COMPLETE",
        **named,
    }


def test_all_versions_of_all_objects_go(bucket: TestBucket) -> None:
    for _ in range(2):
        bucket.client.put_object(Bucket=bucket.name, Key="parked/a", Body=b"x")
    bucket.client.put_object(Bucket=bucket.name, Key="parked/b", Body=b"x")
    bucket.client.delete_object(Bucket=bucket.name, Key="parked/b")
    assert empty(bucket.client, bucket.name) == 4
    left = bucket.client.list_object_versions(Bucket=bucket.name)
    assert "Versions" not in left
    assert "DeleteMarkers" not in left
    assert empty(bucket.client, bucket.name) == 0


def test_the_buckets_are_those_that_the_stack_made() -> None:
    client, stubber = cloudformation(protected=False)
    resources = [
        resource("AWS::S3::Bucket", "one"),
        resource("AWS::DynamoDB::Table", "table"),
        resource("AWS::S3::Bucket", None),
    ]
    pages: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"StackResourceSummaries": resources, "NextToken": "2"}, {"StackName": STACK}),
        (
            {"StackResourceSummaries": [resource("AWS::S3::Bucket", "two")]},
            {"StackName": STACK, "NextToken": "2"},
        ),
    ]
    for answer, expected in pages:
        stubber.add_response("list_stack_resources", answer, expected)
    with stubber:
        assert buckets_of(client, STACK) == ["one", "two"]


def test_a_protected_stack_keeps_all() -> None:
    client, stubber = cloudformation(protected=True)
    with stubber, pytest.raises(NotEmptiedError, match=STACK):
        buckets_of(client, STACK)
