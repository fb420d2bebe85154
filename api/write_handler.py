"""The write Lambda: wiring only."""

import os

from api.cors import allowing
from api.write import build
from domain import config
from domain.dynamodb_client import connect
from domain.dynamodb_log import DynamoDBLog
from domain.telemetry import telemetry

handler = build(
    log=DynamoDBLog(connect(), table=os.environ[config.EVENTS_TABLE]),
    telemetry=telemetry(
        "write",
        level=os.environ[config.LOG_LEVEL],
        namespace=os.environ[config.METRICS_NAMESPACE],
    ),
)
handler = allowing(os.environ[config.ALLOWED_ORIGINS].split(), handler)
