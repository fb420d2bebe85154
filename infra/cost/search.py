"""What holds the search projection costs, by the hour, whether anybody searches or not.

Invariant: a type of node that nobody has put a price on fails, so that no cost is forgotten.
https://aws.amazon.com/opensearch-service/pricing/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.cost.lines import Line
from infra.cost.prices import PRICES
from infra.search_settings import DomainSearchSettings

HOURS = 730
LEAST_UNITS = {"ENABLED": 2.0, "DISABLED": 1.0}
"""OCUs of an idle collection, by its standby replicas: half a one each to index and to search.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-scaling.html
"""

SIZES: Mapping[str, DomainSearchSettings] = {
    "one small node, for trying it out": DomainSearchSettings(
        instance_type="t3.small.search", instance_count=1, storage_gb=10
    ),
    "two nodes in two zones, the default": DomainSearchSettings(),
    "three nodes in three zones, three masters": DomainSearchSettings(
        instance_type="r6g.large.search",
        instance_count=3,
        storage_gb=500,
        master_type="m6g.large.search",
    ),
}
"""Domains that docs/cost.md compares."""


class NoNodePriceError(Exception):
    """A type of node has no price: give it one in `PRICES`."""


def searched(resource: Mapping[str, Any]) -> Iterator[Line]:
    """A month of a resource of a template, if it is a domain or a collection.

    Raises:
        NoNodePriceError: nobody has said what a node costs.
    """
    if resource["Type"] == "AWS::OpenSearchService::Domain":
        cluster = resource["Properties"]["ClusterConfig"]
        storage = resource["Properties"]["EBSOptions"]["VolumeSize"]
        yield from nodes(
            DomainSearchSettings(
                instance_type=cluster["InstanceType"],
                instance_count=cluster["InstanceCount"],
                storage_gb=storage,
                master_type=cluster.get("DedicatedMasterType"),
            )
        )
    elif resource["Type"] == "AWS::OpenSearchServerless::Collection":
        yield capacity(resource["Properties"]["StandbyReplicas"])


def nodes(domain: DomainSearchSettings) -> Iterator[Line]:
    """A month of a domain's nodes and of their storage.

    Raises:
        NoNodePriceError: nobody has said what a node costs.
    """
    yield _node("search", domain.instance_type, domain.instance_count)
    if domain.master_type:
        yield _node("search, masters", domain.master_type, 3)
    yield Line("search", "OpenSearch storage, gp3", domain.instance_count * domain.storage_gb)


def capacity(standby_replicas: str) -> Line:
    """A month of an idle collection."""
    return Line("search", "OpenSearch Serverless capacity", LEAST_UNITS[standby_replicas] * HOURS)


def _node(what: str, type: str, count: int) -> Line:
    price = f"OpenSearch node, {type}"
    if price not in PRICES:
        raise NoNodePriceError(type)
    return Line(what, price, count * HOURS)
