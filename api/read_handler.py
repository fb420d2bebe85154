"""The read Lambda: wiring only."""

import os

from api.cors import allowing
from api.cursor import Cursors
from api.read import build
from domain import config
from domain.dynamodb_client import connect
from domain.dynamodb_log import DynamoDBLog
from domain.dynamodb_payloads import DynamoDBPayloads
from domain.telemetry import telemetry
from projections.by_type_listing import ByTypeListing
from projections.by_type_queries import ByTypeQueries

_client = connect()
_events = os.environ[config.EVENTS_TABLE]

handler = build(
    log=DynamoDBLog(_client, table=_events),
    listing=ByTypeListing(
        ByTypeQueries(_client, table=os.environ[config.EVENTS_BY_TYPE_TABLE]),
        shards=int(os.environ[config.TYPE_SHARDS]),
        payloads=DynamoDBPayloads(_client, table=_events),
    ),
    cursors=Cursors(os.environ[config.CURSOR_KEY]),
    telemetry=telemetry(
        "read",
        level=os.environ[config.LOG_LEVEL],
        namespace=os.environ[config.METRICS_NAMESPACE],
    ),
)
handler = allowing(os.environ[config.ALLOWED_ORIGINS].split(), handler)
