"""What the dashboard shows of search: is the store healthy, how fast is it, how much does it hold?

Invariant: a stage without search has nothing of it on its dashboard.
"""

from collections.abc import Iterator

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.search import Search
from infra.search_store import SearchStore, metric


def search_metrics(search: Search | None) -> Iterator[tuple[str, list[cloudwatch.IMetric]]]:
    """Graphs by their titles."""
    if search is None:
        return
    degraded: list[cloudwatch.IMetric] = [search.degraded.with_(label="degraded")]
    if search.store.service == "es":
        yield from _domain(search.store, degraded)
    else:
        yield from _collection(search.store, degraded)


def _domain(
    store: SearchStore, degraded: list[cloudwatch.IMetric]
) -> Iterator[tuple[str, list[cloudwatch.IMetric]]]:
    cpu = metric(store, "CPUUtilization", statistic="Maximum", label="CPU, %")
    memory = metric(store, "JVMMemoryPressure", statistic="Maximum", label="memory, %")
    yield "How fast: the domain's busiest node", [cpu, memory]
    yield (
        "How fast: in the domain, ms",
        [
            metric(store, "IndexingLatency", statistic="Average", label="to index"),
            metric(store, "SearchLatency", statistic="Average", label="to search"),
        ],
    )
    free = metric(store, "FreeStorageSpace", statistic="Minimum", label="free on a node, MB")
    yield "How much: storage, and events indexed in part", [free, *degraded]


def _collection(
    store: SearchStore, degraded: list[cloudwatch.IMetric]
) -> Iterator[tuple[str, list[cloudwatch.IMetric]]]:
    yield (
        "How fast: in the collection, ms",
        [
            metric(store, "IngestionRequestLatency", statistic="Average", label="to index"),
            metric(store, "SearchRequestLatency", statistic="Average", label="to search"),
        ],
    )
    yield (
        "How much: requests to the collection a minute",
        [
            metric(store, f"{digit}xx", statistic="Sum", label=f"{digit}xx")
            for digit in ("2", "4", "5")
        ],
    )
    yield "How much: events indexed in part", degraded
