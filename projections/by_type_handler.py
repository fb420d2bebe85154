"""The by-type projector Lambda: wiring only."""

import os

from domain import config
from domain.dynamodb_client import connect
from projections.by_type import ByTypeProjection
from projections.stream import ParkingFailedError, RawRecord, handler_of


def _keep_in_stream(_record: RawRecord, _reason: str) -> None:
    raise ParkingFailedError("there is no place to park: the stream keeps the record")


handler = handler_of(
    project=ByTypeProjection(
        connect(),
        table=os.environ[config.EVENTS_BY_TYPE_TABLE],
        shards=int(os.environ[config.TYPE_SHARDS]),
    ).project,
    park=_keep_in_stream,
)
