"""What wakes an operator about search: its projector, its store, and the requests to it.

Invariant: none of it is part of LogUnhealthy: search down harms neither the log nor the listings.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cloudwatch-alarms.html
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/monitoring-cloudwatch.html
"""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms import Alarms
from infra.search import Search
from infra.search_settings import SearchSettings
from infra.search_store import SearchStore, metric
from infra.settings import Settings

_LOW_STORAGE = 0.25
"""The part of a node's storage that is to stay free, as AWS recommends."""

_MEMORY_PERCENT = 95
_MB = 1024


def watch_search(alarms: Alarms, search: Search | None, *, settings: Settings) -> None:
    """Alarms on the projector, on requests, and on the store, if there is one."""
    if search is None or settings.search is None:
        return
    alarms.watch_projector("Search", search.stream)
    alarms.watch_answers("SearchRequests", search.query.function)
    if settings.search.engine == "serverless":
        _watch_collection(alarms, search.store)
    else:
        _watch_domain(alarms, search.store, settings.search)
        if settings.encryption == "customer-managed":
            _watch_key(alarms, search.store)


def _watch_domain(alarms: Alarms, store: SearchStore, search: SearchSettings) -> None:
    red = metric(store, "ClusterStatus.red", statistic="Maximum")
    alarms.add("SearchRed", red, "Some events cannot be searched.")
    yellow = metric(store, "ClusterStatus.yellow", statistic="Maximum")
    alarms.add("SearchYellow", yellow, "Some shards have no copy.", minutes=5)
    alarms.add(
        "SearchStorageLow",
        metric(store, "FreeStorageSpace", statistic="Minimum"),
        "A node's storage is nearly full.",
        threshold=round(_LOW_STORAGE * search.domain.storage_gb * _MB),
        comparison=cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    )
    blocked = metric(store, "ClusterIndexWritesBlocked", statistic="Maximum")
    alarms.add("SearchWritesBlocked", blocked, "The domain takes no documents.", minutes=5)
    pressure = metric(store, "JVMMemoryPressure", statistic="Maximum")
    meaning = "A node runs out of memory."
    alarms.add("SearchMemory", pressure, meaning, minutes=3, threshold=_MEMORY_PERCENT)
    alarms.add("SearchRejected", _rejected(store), "The domain answers 429.", minutes=3)


def _rejected(store: SearchStore) -> cloudwatch.MathExpression:
    """Writes and searches that found no room in a queue: AWS counts them since a node's start."""
    pools = {
        name: metric(store, f"Threadpool{pool}Rejected", statistic="Sum")
        for name, pool in (("searches", "Search"), ("writes", "Write"))
    }
    return cloudwatch.MathExpression(
        expression=" + ".join(f"DIFF({one})" for one in pools),
        using_metrics=dict(pools),
        label="rejected",
        period=Duration.minutes(1),
    )


def _watch_key(alarms: Alarms, store: SearchStore) -> None:
    lost = metric(store, "KMSKeyInaccessible", statistic="Maximum")
    alarms.add("SearchKeyLost", lost, "The domain cannot use the stage's key.")


def _watch_collection(alarms: Alarms, store: SearchStore) -> None:
    failing = metric(store, "5xx", statistic="Sum")
    alarms.add("SearchStoreFailing", failing, "The collection answers 5xx.", minutes=3)
    refused = metric(store, "IngestionRequestErrors", statistic="Sum")
    alarms.add("SearchRejected", refused, "The collection takes no documents.", minutes=3)
