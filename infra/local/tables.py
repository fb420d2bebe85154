"""Creates the template's tables on the engine, once.

Invariant: a table that exists is never changed or replaced; one that does not fit is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.errors import LocalStackError
from infra.local.resources import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Arns = dict[str, str]
"""`Arn` and, where the table has a stream, `StreamArn`."""


def create_tables(client: DynamoDBClient, tables: list[Table]) -> dict[str, Arns]:
    """Create what is missing; each table's ARNs as the engine reports them, by logical id.

    Raises:
        LocalStackError: a table exists with another key or stream.
    """
    return {table.logical_id: _arns(client, table) for table in tables}


def _arns(client: DynamoDBClient, table: Table) -> Arns:
    try:
        found = client.describe_table(TableName=table.name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        client.create_table(TableName=table.name, **table.create)
        client.get_waiter("table_exists").wait(TableName=table.name)
        if table.ttl:
            client.update_time_to_live(
                TableName=table.name,
                TimeToLiveSpecification={"AttributeName": table.ttl, "Enabled": True},
            )
        found = client.describe_table(TableName=table.name)["Table"]
    _refuse_other(table, found)
    arns = {"Arn": found["TableArn"]}
    return arns | ({"StreamArn": found["LatestStreamArn"]} if "LatestStreamArn" in found else {})


def _refuse_other(table: Table, found: Any) -> None:
    for name in ("KeySchema", "StreamSpecification"):
        if found.get(name) != table.create.get(name):
            raise LocalStackError(
                f"the data folder's table {table.name} has another {name} than the template",
                remedy="Name another folder with DATA=, or remove this one to start empty.",
            )
