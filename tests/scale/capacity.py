"""At how many events a second each limit of a deployment binds, and what moves it."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.scale import quotas
from tests.scale.deployment import (
    Cpu,
    Deployment,
    by_type_cost,
    indexing_rate,
    search_cost,
    write_cost,
)


@dataclass(frozen=True, slots=True)
class Limit:
    """Binds at `events` a second; `moved_by` a setting, or a quota of the account."""

    name: str
    events: float
    moved_by: str


def limits(deployment: Deployment, cpu: Cpu) -> list[Limit]:
    """Every limit, the one that binds first in front."""
    found = [*_edge(deployment, cpu), *_log(deployment), *_rows(deployment, cpu)]
    if deployment.settings.search:
        found += _search(deployment, cpu)
    return sorted(found, key=lambda limit: limit.events)


def _edge(deployment: Deployment, cpu: Cpu) -> Iterator[Limit]:
    size, settings = deployment.size, deployment.settings
    throttle = settings.edge.write.requests_per_second
    yield Limit("the stage's throttle", throttle * size, "`edge.write.requests_per_second`")
    quota = deployment.api_requests
    yield Limit("API Gateway's quota", quota * size, "the quota, or more events in a request")
    following = deployment.partitions * deployment.projections
    free = settings.write.reserved_concurrency or max(0, deployment.concurrency - following)
    busy = write_cost(deployment, cpu) / size
    moved = "`write.reserved_concurrency`, Lambda's quota, `write.memory_mb`"
    yield Limit("write invocations at a time", free / busy, moved)


def _log(deployment: Deployment) -> Iterator[Limit]:
    yield Limit("DynamoDB's quota of a table", deployment.table_units, "the quota")
    partitions = deployment.partitions * quotas.PARTITION_UNITS
    yield Limit("the tables' partitions", partitions, "time under load, or warm throughput")


def _rows(deployment: Deployment, cpu: Cpu) -> Iterator[Limit]:
    shards = deployment.settings.type_shards * quotas.PARTITION_UNITS
    yield Limit("the hottest type's shards", shards / deployment.hottest, "`type_shards`")
    batch = deployment.settings.by_type_stream.batch_size
    lane = batch / by_type_cost(deployment, cpu).of(batch)
    moved = "`by_type_projector.memory_mb`, `by_type_stream.batch_size`"
    yield Limit("by-type projector, a batch a shard", lane * deployment.partitions, moved)


def _search(deployment: Deployment, cpu: Cpu) -> Iterator[Limit]:
    search = deployment.settings.search
    assert search is not None
    batch = search.stream.batch_size
    lane = batch / search_cost(deployment, cpu).of(batch)
    moved = "`search.projector.memory_mb`, `search.stream.batch_size`"
    yield Limit("search projector, a batch a shard", lane * deployment.partitions, moved)
    moved = "`search.domain.instance_count`, `search.domain.instance_type`"
    yield Limit("OpenSearch's CPU", indexing_rate(deployment, cpu), moved)
