"""The deployments that the page is about, and what was measured here of their functions' CPU."""

from collections.abc import Sequence
from dataclasses import replace

from infra.search_settings import DomainSearchSettings, SearchSettings
from infra.settings import STAGES
from tests.scale.comparison import least_disturbed
from tests.scale.deployment import Cpu, Deployment
from tests.scale.measuring import Found
from tests.scale.system import Cost, System

HOTTEST = 0.5
"""The share of one type in all events: a hot one."""

_GROWN, _RAISED = 40, 120
_PROD = STAGES["prod"]

PROD = Deployment(
    name="prod, 1 event a request", settings=_PROD, size=1, hottest=HOTTEST, partitions=_GROWN
)
NEW = replace(PROD, name="prod on its first day, 1 event a request", partitions=4)
BATCHES = replace(PROD, name="prod, 25 events a request", size=25)
SHARDED = replace(
    BATCHES,
    name="the same, `type_shards` 64",
    settings=_PROD.model_copy(update={"type_shards": 64}),
)
RAISED = replace(
    SHARDED,
    name="the same, tables of 120,000 units",
    table_units=_RAISED * 1_000,
    partitions=_RAISED,
)
SEARCHED = replace(
    BATCHES,
    name="prod with search, 25 events a request",
    settings=_PROD.model_copy(update={"search": SearchSettings()}),
)
SEARCHED_RAISED = replace(
    RAISED,
    name="tables of 120,000 units, search on 15 m6g.4xlarge",
    settings=RAISED.settings.model_copy(
        update={
            "search": SearchSettings(
                domain=DomainSearchSettings(instance_type="m6g.4xlarge.search", instance_count=15)
            )
        }
    ),
)
DEPLOYMENTS: Sequence[Deployment] = (
    NEW,
    PROD,
    BATCHES,
    SHARDED,
    RAISED,
    SEARCHED,
    SEARCHED_RAISED,
)


def cpu_of(projector: Found, listed: Found, indexing: Found) -> Cpu:
    """CPU, which other programs hardly change: the least of what was measured of each."""
    single = min(one["cpu"]["Write"] for one in listed["latencies"] if one["size"] == 1)
    many = min((one for one in listed["latencies"] if one["size"] > 1), key=_write_cpu)
    each = (many["size"] * _write_cpu(many) - single) / (many["size"] - 1)
    rounds = indexing["rounds"][1:]  # the first one warms the engine up
    return Cpu(
        post=Cost(single - each, each),
        by_type=_by_type(projector),
        search=Cost(_by_type(projector).fixed, min(r["projection"] / r["events"] for r in rounds)),
        document=min(one["engine"] / one["events"] for one in rounds),
    )


def part_of(system: System, *, share: int) -> System:
    """One of `share` equal parts of a system, which stands for all of them."""
    return replace(
        system,
        rate=system.rate / share,
        requests_per_second=system.requests_per_second / share,
        concurrency=system.concurrency / share,
        partitions=system.partitions // share,
        projections=tuple(
            replace(
                one,
                row_units=one.row_units / share,
                target=Cost(one.target.fixed, one.target.each * share),
            )
            for one in system.projections
        ),
    )


def _write_cpu(latency: Found) -> float:
    cpu: float = latency["cpu"]["Write"]
    return cpu


def _by_type(projector: Found) -> Cost:
    best = least_disturbed(projector["drains"])
    slow, fast = best[10, 1], best[1000, 1]
    fixed = (slow["cpu"] - fast["cpu"]) / (slow["invocations"] - fast["invocations"])
    return Cost(fixed, (fast["cpu"] - fixed * fast["invocations"]) / fast["events"])
