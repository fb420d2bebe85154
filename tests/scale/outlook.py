"""Deployments under loads below and above their first limit: what the simulation makes of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.scale.capacity import Limit, limits
from tests.scale.deployment import Cpu, Deployment, system_of
from tests.scale.simulation import Outcome, simulate
from tests.scale.stages import part_of

LOADS = (0.05, 0.5, 0.9, 1.2)
"""Shares of what the first limit takes."""

_SECONDS = 8.0
_WHOLE = 10_000
"""Events a second up to which a system is simulated whole, and a tenth of it beyond."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A deployment, its limits, and its outcome at each of the loads, in events a second."""

    deployment: Deployment
    limits: list[Limit]
    outcomes: list[tuple[float, Outcome]]

    @property
    def first(self) -> Limit:
        """The limit that binds first."""
        return self.limits[0]


def outlook(deployment: Deployment, cpu: Cpu, *, seed: int) -> Outlook:
    """Where a deployment's limits are, and what happens about the first."""
    found = limits(deployment, cpu)
    loads = [share * found[0].events for share in LOADS]
    return Outlook(deployment, found, list(_outcomes(deployment, cpu, loads, seed=seed)))


def _outcomes(
    deployment: Deployment, cpu: Cpu, loads: list[float], *, seed: int
) -> Iterator[tuple[float, Outcome]]:
    for rate in loads:
        system = system_of(deployment, cpu, rate=rate)
        if rate > _WHOLE:
            system = part_of(system, share=10)
        yield rate, simulate(system, seconds=_SECONDS, seed=seed)
