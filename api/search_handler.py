"""The search Lambda: wiring only."""

import os
from typing import cast

from api.cors import allowing
from api.cursor import Cursors
from api.search import build
from domain import config
from domain.telemetry import telemetry
from projections.opensearch import Service, connect

handler = build(
    opensearch=connect(
        os.environ[config.SEARCH_ENDPOINT],
        service=cast("Service", os.environ[config.SEARCH_SERVICE]),
    ),
    cursors=Cursors(os.environ[config.CURSOR_KEY]),
    telemetry=telemetry(
        "search-api",
        level=os.environ[config.LOG_LEVEL],
        namespace=os.environ[config.METRICS_NAMESPACE],
    ),
)
handler = allowing(os.environ[config.ALLOWED_ORIGINS].split(), handler)
