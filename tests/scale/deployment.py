"""A deployment on AWS as the model sees it: settings, quotas, and CPU that was measured here.

Invariant: what nobody measured is either a quota with AWS's page or an assumption with its name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from infra.settings import Settings
from tests.scale import quotas
from tests.scale.system import Cost, Projection, System

INSERT_SECONDS = 0.005
"""Assumed: a PartiQL insert, or a batch of 25 of them, 8 of which go side by side."""

PUTS_SECONDS = 0.010
"""Assumed: the puts of 100 rows, 25 in a call, all calls side by side."""

BULK_SECONDS = 0.030
"""Assumed: a bulk request of 100 documents to an OpenSearch that is not busy."""

INDEXING_SHARE = 0.5
"""Assumed: of the nodes' CPU, so much is left for indexing by merges, replication and searches."""

STREAM_DELAY = 0.2
"""Assumed: until the stream shows a write."""

_CPUS = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48}
"""Virtual CPUs of an OpenSearch instance, by the size in its name.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-instance-types.html
"""

_SIDE_BY_SIDE = 8 * 25
_SLICE = 100


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of CPU of this machine: of a POST, of a batch of each projector, of a document."""

    post: Cost
    by_type: Cost
    search: Cost
    document: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A stage with its load: `size` events in a request, `hottest` the share of one type.

    `table_units` is what both tables take, and `partitions` what they are split into.
    """

    name: str
    settings: Settings
    size: int
    hottest: float
    table_units: int = quotas.TABLE_UNITS
    partitions: int
    concurrency: int = quotas.CONCURRENCY
    api_requests: int = quotas.API_REQUESTS

    @property
    def projections(self) -> int:
        """How many projections follow the log."""
        return 2 if self.settings.search else 1


def write_cost(deployment: Deployment, cpu: Cpu) -> float:
    """Seconds of a POST."""
    share = _cpu_share(deployment.settings.write.memory_mb)
    calls = ceil(deployment.size / _SIDE_BY_SIDE)
    return cpu.post.of(deployment.size) / share + calls * INSERT_SECONDS


def by_type_cost(deployment: Deployment, cpu: Cpu) -> Cost:
    """Seconds of a batch of the by-type projector, while no partition is full."""
    share = _cpu_share(deployment.settings.by_type_projector.memory_mb)
    return Cost(cpu.by_type.fixed / share, cpu.by_type.each / share + PUTS_SECONDS / _SLICE)


def search_cost(deployment: Deployment, cpu: Cpu) -> Cost:
    """Seconds of a batch of the search projector, while OpenSearch is not busy."""
    assert deployment.settings.search is not None
    share = _cpu_share(deployment.settings.search.projector.memory_mb)
    return Cost(cpu.search.fixed / share, cpu.search.each / share + BULK_SECONDS / _SLICE)


def indexing_rate(deployment: Deployment, cpu: Cpu) -> float:
    """Documents a second that the domain's nodes take together, each with one copy."""
    assert deployment.settings.search is not None
    domain = deployment.settings.search.domain
    cpus = _CPUS[domain.instance_type.split(".")[1]] * domain.instance_count
    return cpus * INDEXING_SHARE / (2 * cpu.document)


def system_of(deployment: Deployment, cpu: Cpu, *, rate: float) -> System:
    """The deployment under a load, for a simulation."""
    settings = deployment.settings
    others = (1 - deployment.hottest) / 9
    return System(
        rate=rate,
        size=deployment.size,
        requests_per_second=min(settings.edge.write.requests_per_second, deployment.api_requests),
        burst=settings.edge.write.burst / settings.edge.write.requests_per_second,
        write=Cost(write_cost(deployment, cpu), 0.0),
        concurrency=settings.write.reserved_concurrency or deployment.concurrency,
        partitions=deployment.partitions,
        units=quotas.PARTITION_UNITS,
        stream_delay=STREAM_DELAY,
        types=(deployment.hottest, *[others] * 9),
        type_shards=settings.type_shards,
        projections=tuple(_projections(deployment, cpu)),
    )


def _projections(deployment: Deployment, cpu: Cpu) -> Iterator[Projection]:
    stream, search = deployment.settings.by_type_stream, deployment.settings.search
    yield Projection(
        name="by-type",
        poll=1 / quotas.POLLS,
        rest=1 / quotas.POLLS,
        batch=stream.batch_size,
        window=stream.window_seconds,
        own=by_type_cost(deployment, cpu),
        row_units=quotas.PARTITION_UNITS,
    )
    if search:
        yield Projection(
            name="search",
            poll=1 / quotas.POLLS,
            rest=1 / quotas.POLLS,
            batch=search.stream.batch_size,
            window=search.stream.window_seconds,
            own=search_cost(deployment, cpu),
            target=Cost(0.0, 1 / indexing_rate(deployment, cpu)),
        )


def _cpu_share(memory_mb: int) -> float:
    return min(1.0, memory_mb / quotas.ONE_CPU_MB)
