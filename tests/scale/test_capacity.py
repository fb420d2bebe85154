"""The arithmetic of limits and the simulation say the same of a deployment."""

from dataclasses import replace

import pytest

from infra.edge_settings import EdgeSettings, Throttle
from infra.search_settings import SearchSettings
from infra.settings import STAGES
from tests.scale.capacity import limits
from tests.scale.deployment import Cpu, Deployment, system_of
from tests.scale.simulation import simulate
from tests.scale.system import Cost

CPU = Cpu(Cost(0.0025, 0.0002), Cost(0.002, 0.0001), Cost(0.003, 0.0003), 0.0006)
PROD = STAGES["prod"]
SMALL = Deployment(name="small", settings=PROD, size=25, hottest=0.5, partitions=4)


def _set(**settings: object) -> Deployment:
    return replace(SMALL, settings=PROD.model_copy(update=settings))


THROTTLED = EdgeSettings(write=Throttle(requests_per_second=40, burst=40))
BOUND = {
    "the stage's throttle": _set(edge=THROTTLED),
    "the tables' partitions": replace(SMALL, partitions=1),
    "the hottest type's shards": _set(type_shards=1),
}


@pytest.mark.parametrize("first", BOUND)
def test_the_first_limit_binds_in_the_simulation_where_it_is_computed_to(first: str) -> None:
    deployment = BOUND[first]
    limit = limits(deployment, CPU)[0]
    assert limit.name == first
    below = simulate(system_of(deployment, CPU, rate=0.7 * limit.events), seconds=20)
    assert below.projected["by-type"] == pytest.approx(0.7 * limit.events, rel=0.15)
    above = simulate(system_of(deployment, CPU, rate=2 * limit.events), seconds=20)
    assert above.projected["by-type"] == pytest.approx(limit.events, rel=0.15)


def test_more_write_shards_move_the_limit_of_a_hot_type_alone() -> None:
    few, many = (
        {limit.name: limit.events for limit in limits(_set(type_shards=shards), CPU)}
        for shards in (4, 64)
    )
    assert few.pop("the hottest type's shards") * 16 == many.pop("the hottest type's shards")
    assert few == many


def test_search_adds_its_own_limits() -> None:
    with_search = limits(_set(search=SearchSettings()), CPU)
    added = {limit.name for limit in with_search} - {limit.name for limit in limits(SMALL, CPU)}
    assert added == {"search projector, a batch a shard", "OpenSearch's CPU"}
