"""The search setup Lambda, a custom resource of CloudFormation's and an operator's: wiring only."""

import json
import os
from typing import Any, cast

from domain import config
from domain.telemetry import telemetry
from projections.custom_resource import answered
from projections.opensearch import Service, connect
from projections.search_access import once_allowed
from projections.search_domain_setup import set_up_retention, set_up_roles
from projections.search_setup import set_up

_endpoint = os.environ[config.SEARCH_ENDPOINT]
_service = cast("Service", os.environ[config.SEARCH_SERVICE])
_opensearch = connect(_endpoint, service=_service)
_telemetry = telemetry(
    "search-setup",
    level=os.environ[config.LOG_LEVEL],
    namespace=os.environ[config.METRICS_NAMESPACE],
)


def handler(request: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """Set up what search needs; gives back the generations whose templates are installed."""

    def make() -> dict[str, Any]:
        once_allowed(_opensearch, milliseconds_left=context.get_remaining_time_in_millis)
        # An engine without TLS is this machine's own, and has no plugin to set up.
        if _service == "es" and not _endpoint.startswith("http://"):
            set_up_roles(_opensearch, json.loads(os.environ[config.SEARCH_ROLES]))
            months = int(os.environ[config.SEARCH_RETENTION_MONTHS])
            set_up_retention(_opensearch, months=months or None)
        generations = set_up(_opensearch, serverless=_service == "aoss")
        _telemetry.logger.info("search is set up", generations=generations)
        return {"generations": generations}

    made: dict[str, Any] | None = answered(request, make)
    return made
