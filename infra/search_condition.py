"""How a stage's OpenSearch fares: its cluster's health, and what is searched and built there.

Invariant: an OpenSearch that does not answer is a fault of the projection, not of the command.
"""

from collections.abc import Iterator

from infra.deployed_stage import DeployedStage
from infra.search_access import search_of, service_of
from infra.status import Condition
from projections.opensearch import OpenSearch, OpenSearchUnavailableError
from projections.search_admin import SearchAdmin
from projections.search_catalog import catalog
from projections.search_names import ALIAS
from projections.search_requests import OpenSearchRefusedError

RED = "cluster is red"

_DEGRADED = {"query": {"exists": {"field": "degraded"}}}


def search_condition(stage: DeployedStage) -> Condition:
    """The condition now."""
    return condition_of(search_of(stage), serverless=service_of(stage) == "aoss")


def condition_of(opensearch: OpenSearch, *, serverless: bool = False) -> Condition:
    """The condition of an OpenSearch, of which each question is asked once."""
    admin = SearchAdmin(opensearch, pauses=_none)
    try:
        facts = _facts(admin, serverless=serverless)
    except OpenSearchUnavailableError as error:
        return Condition(str(error))
    except OpenSearchRefusedError as error:
        return Condition(str(error))
    return Condition(RED if facts.get("cluster") == "red" else None, facts)


def _facts(admin: SearchAdmin, *, serverless: bool) -> dict[str, str | int | None]:
    """Of a serverless collection no health is told."""
    facts: dict[str, str | int | None] = {}
    if not serverless:
        facts["cluster"] = admin.ask("GET", "/_cluster/health")["status"]
    found = catalog(admin)
    facts |= {"generation": found.live, "documents": _count(admin, None)}
    facts["degraded"] = _count(admin, _DEGRADED)
    if found.building is not None:
        facts["building"] = found.building
    return facts


def _count(admin: SearchAdmin, query: object) -> int | None:
    answer = admin.find("POST", f"/{ALIAS}/_count", query)
    return None if answer is None else int(answer["count"])


def _none() -> Iterator[float]:
    return iter(())
