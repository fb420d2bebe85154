"""The search projector Lambda: wiring only."""

import os
from typing import cast

from domain import config
from domain.telemetry import telemetry
from projections.opensearch import Service, connect
from projections.parking import Parking, connect_parking
from projections.search import SearchProjection
from projections.search_names import SEARCH
from projections.stream import handler_of

_projection = SearchProjection(
    connect(
        os.environ[config.SEARCH_ENDPOINT],
        service=cast("Service", os.environ[config.SEARCH_SERVICE]),
    )
)

handler = handler_of(
    project=_projection.project,
    measured=_projection.measured,
    park=Parking(
        connect_parking,
        bucket=os.environ[config.PARKING_BUCKET],
        projection=SEARCH,
    ).park,
    projector=SEARCH,
    telemetry=telemetry(
        SEARCH,
        level=os.environ[config.LOG_LEVEL],
        namespace=os.environ[config.METRICS_NAMESPACE],
    ),
)
