"""What DynamoDB says about a table, and what replaying that much costs.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.timestamps import format_utc

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# On-demand, standard table class, us-east-1, as of 2026-11; other regions cost up to about twice
# as much. https://aws.amazon.com/dynamodb/pricing/on-demand/
DOLLARS_PER_WRITE_UNIT = 0.625e-6
DOLLARS_PER_READ_UNIT = 0.125e-6

_BYTES_PER_READ_UNIT = 2 * 4096  # an eventually consistent scan


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table's identity, which no other or later table shares, and its size.

    On AWS, `items` and `bytes` are up to six hours old.
    """

    identity: str
    items: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a rebuild would take; `seconds` is None when no rate bounds it."""

    events: int
    bytes: int
    write_units: int
    read_units: int
    dollars: float
    seconds: float | None


def table_facts(client: DynamoDBClient, table: str) -> TableFacts:
    """Describe a table.

    Raises:
        ClientError: there is no such table, or no permission to describe it.
    """
    description = client.describe_table(TableName=table)["Table"]
    return TableFacts(
        identity=f"{description['TableArn']} of {format_utc(description['CreationDateTime'])}",
        items=description["ItemCount"],
        bytes=description["TableSizeBytes"],
    )


def estimate(
    client: DynamoDBClient, *, log_table: str, rate: float | None, write_units: int = 1
) -> Estimate:
    """What a rebuild of the log's size takes, at list price and `rate` events a second.

    `write_units` are those of one event: a row is made to fit one, and only an envelope of more
    than 1 KB costs a second; a projection that is not in DynamoDB costs none.

    Raises:
        ClientError: the table cannot be described.
    """
    facts = table_facts(client, log_table)
    read_units = math.ceil(facts.bytes / _BYTES_PER_READ_UNIT)
    writes = facts.items * write_units
    return Estimate(
        events=facts.items,
        bytes=facts.bytes,
        write_units=writes,
        read_units=read_units,
        dollars=writes * DOLLARS_PER_WRITE_UNIT + read_units * DOLLARS_PER_READ_UNIT,
        seconds=None if rate is None else facts.items / rate,
    )
