"""The search retention Lambda, once a day where no policy deletes old months: wiring only."""

import os
from datetime import UTC, datetime
from typing import Any, cast

from domain import config
from domain.telemetry import telemetry
from projections.opensearch import Service, connect
from projections.search_retention import delete_old_months

_opensearch = connect(
    os.environ[config.SEARCH_ENDPOINT], service=cast("Service", os.environ[config.SEARCH_SERVICE])
)
_telemetry = telemetry(
    "search-retention",
    level=os.environ[config.LOG_LEVEL],
    namespace=os.environ[config.METRICS_NAMESPACE],
)


def handler(_event: dict[str, Any], _context: Any) -> list[str]:
    """Delete what is older than the months that are kept; gives back the indices' names."""
    deleted = delete_old_months(
        _opensearch,
        months=int(os.environ[config.SEARCH_RETENTION_MONTHS]),
        now=datetime.now(UTC),
    )
    _telemetry.logger.info("old months are deleted", indices=deleted)
    return deleted
