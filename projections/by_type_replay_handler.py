"""The by-type replay Lambda, a step of the distributed rebuild: wiring only."""

import os
from functools import partial

from domain import config
from domain.dynamodb_client import connect
from domain.telemetry import telemetry
from projections.by_type import ByTypeProjection
from projections.by_type_rows import BY_TYPE, BY_TYPE_REPLAY
from projections.export_file import connect_exports, lines
from projections.export_replay import handler_of
from projections.parking import Parking, connect_parking

handler = handler_of(
    lines=partial(lines, connect_exports(), os.environ[config.EXPORT_BUCKET]),
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
    projector=BY_TYPE_REPLAY,
    telemetry=telemetry(
        BY_TYPE_REPLAY,
        level=os.environ[config.LOG_LEVEL],
        namespace=os.environ[config.METRICS_NAMESPACE],
    ),
)
