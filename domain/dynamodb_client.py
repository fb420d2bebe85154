"""How the functions reach DynamoDB: one client configuration, made once per process."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# The API's own limit is 29 seconds; a hung connection must leave time for another try. What is sent
# is made in `domain.item` and has its shape; to check it again is a tenth of a batch's CPU time.
# botocore puts its own user agent together twice for each call: a seventh of a POST's instructions.
_CONFIG = Config(
    user_agent="serverless-event-logger",
    parameter_validation=False,
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=16,
    tcp_keepalive=True,
)


def connect() -> "DynamoDBClient":
    """A DynamoDB client for the region and credentials that Lambda's environment names."""
    return boto3.client("dynamodb", config=_CONFIG)
