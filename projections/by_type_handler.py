"""The by-type projector Lambda: wiring only."""

import os

from domain import config
from domain.dynamodb_client import connect
from domain.telemetry import telemetry
from projections.by_type import ByTypeProjection
from projections.by_type_rows import BY_TYPE
from projections.parking import Parking, connect_parking
from projections.stream import handler_of

handler = handler_of(
    project=ByTypeProjection(
        connect(),
        table=os.environ[config.EVENTS_BY_TYPE_TABLE],
        shards=int(os.environ[config.TYPE_SHARDS]),
    ).project,
    park=Parking(
        connect_parking,
        bucket=os.environ[config.PARKING_BUCKET],
        projection=BY_TYPE,
    ).park,
    projector=BY_TYPE,
    telemetry=telemetry(
        BY_TYPE,
        level=os.environ[config.LOG_LEVEL],
        namespace=os.environ[config.METRICS_NAMESPACE],
    ),
)
