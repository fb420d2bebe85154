"""The two tables on the real engine, fresh for each test, and clients that reach them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from infra.local.aws import LocalAws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Tables:
    """Names of a log table and a by-type table as the stack has them, and a client."""

    client: "DynamoDBClient"
    events: str
    events_by_type: str


def create_by_type_table(client: "DynamoDBClient", name: str) -> None:
    """Make an empty by-type table."""
    client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture(scope="session")
def dynamodb(dynamodb_local: str) -> Iterator["DynamoDBClient"]:
    client = LocalAws(dynamodb_local, "", "eu-central-1").client("dynamodb")
    yield client
    client.close()


@pytest.fixture
def tables(dynamodb: "DynamoDBClient") -> Iterator[Tables]:
    suffix = uuid.uuid4().hex
    tables = Tables(dynamodb, f"events-{suffix}", f"events-by-type-{suffix}")
    dynamodb.create_table(
        TableName=tables.events,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    create_by_type_table(dynamodb, tables.events_by_type)
    yield tables
    dynamodb.delete_table(TableName=tables.events)
    dynamodb.delete_table(TableName=tables.events_by_type)
