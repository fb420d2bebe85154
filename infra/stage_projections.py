"""The projections that a stage has: one description each, which all commands share.

Invariant: a command that works on 'all projections' works on these, and on no other list.
"""

from collections.abc import Callable
from dataclasses import dataclass

from infra.by_type_target import by_type_condition, by_type_target
from infra.deployed_stage import DeployedStage
from infra.status import Condition
from projections.by_type_rows import BY_TYPE
from projections.projection_target import Target
from projections.search_names import SEARCH


class NoSuchProjectionError(Exception):
    """The stage does not have this projection."""

    def __init__(self, name: str, stage: str) -> None:
        self.name, self.stage = name, stage
        super().__init__(f"the stage {stage} has no projection {name}")


def _search_target(stage: DeployedStage) -> Target:
    from infra.search_target import search_target  # noqa: PLC0415  # only where there is search

    return search_target(stage)


def _search_condition(stage: DeployedStage) -> Condition:
    from infra.search_condition import search_condition  # noqa: PLC0415

    return search_condition(stage)


@dataclass(frozen=True, slots=True)
class Projection:
    """One projection: `outputs` is what the names of the stack's outputs about it begin with."""

    name: str
    outputs: str
    target: Callable[[DeployedStage], Target]
    condition: Callable[[DeployedStage], Condition]

    def is_in(self, stage: DeployedStage) -> bool:
        """Whether the stage has it."""
        return f"{self.outputs}MappingId" in stage.outputs

    def mapping(self, stage: DeployedStage) -> str:
        """UUID of the event source mapping that feeds it."""
        return stage.outputs[f"{self.outputs}MappingId"]

    def projector(self, stage: DeployedStage) -> str:
        """Name of the function that writes it."""
        return stage.outputs[f"{self.outputs}ProjectorName"]

    def logs(self, stage: DeployedStage) -> str:
        """Name of that function's log group."""
        return stage.outputs[f"{self.outputs}ProjectorLogs"]


_ALL = (
    Projection(BY_TYPE, "ByType", by_type_target, by_type_condition),
    Projection(SEARCH, "Search", _search_target, _search_condition),
)


def projections_of(stage: DeployedStage, name: str | None = None) -> list[Projection]:
    """The projections of a stage, or the one that is named.

    Raises:
        NoSuchProjectionError: the stage does not have it.
    """
    found = [one for one in _ALL if one.is_in(stage) and name in {None, one.name}]
    if not found:
        raise NoSuchProjectionError(name or "at all", stage.name)
    return found


def projection_of(stage: DeployedStage, name: str) -> Projection:
    """The projection of a stage that is named.

    Raises:
        NoSuchProjectionError: the stage does not have it.
    """
    [found] = projections_of(stage, name)
    return found
