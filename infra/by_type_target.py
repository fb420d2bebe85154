"""The by-type projection of a stage, as the operator's commands see it.

Invariant: its table is rebuilt in place, since all of its writes are puts keyed by the event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.deployed_stage import DeployedStage
from infra.status import TABLE_GONE, Condition
from projections.by_type import ByTypeProjection
from projections.differences import Compared, Found, Verified, Young
from projections.projection_target import Progress, Replay, Resumption, Say
from projections.rebuild import Rebuilt
from projections.stream import Project
from projections.table_facts import table_facts
from projections.verify import verify

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SEGMENTS = 4


class ByTypeTarget:
    """The by-type table and the log that it is made of."""

    write_units = 1

    def __init__(self, client: DynamoDBClient, *, log_table: str, table: str, shards: int) -> None:
        self._client = client
        self._log_table = log_table
        self._table = table
        self._shards = shards

    def project(self) -> Project:
        """What puts events into it."""
        return ByTypeProjection(self._client, table=self._table, shards=self._shards).project

    def rebuild(self, replay: Replay, *, begin: Resumption, say: Say) -> Rebuilt:  # noqa: ARG002  # in place: nothing to begin
        """Replay the log into the table as it is.

        Raises:
            ClientError: there is no such table, or no permission to describe it.
        """
        target = table_facts(self._client, self._table).identity
        return replay(into=f"{target} in {self._shards} shards", project=self.project())

    def verify(self, *, young: Young, found: Found, progress: Progress, mend: bool) -> Verified:
        """Compare the table with the log, and mend it if asked."""
        return verify(
            Compared(self._client, self._log_table, self._table, self._shards),
            young=young,
            segments=_SEGMENTS,
            found=found,
            progress=progress,
            mend=mend,
        )

    def count(self) -> int:
        """How many items the table has; on AWS as of six hours ago at most."""
        return table_facts(self._client, self._table).items


def by_type_target(stage: DeployedStage) -> ByTypeTarget:
    """The by-type projection of a stage."""
    return ByTypeTarget(
        stage.client("dynamodb"),
        log_table=stage.log_table,
        table=stage.by_type_table,
        shards=stage.type_shards,
    )


def by_type_condition(stage: DeployedStage) -> Condition:
    """Whether its table is there."""
    return Condition(fault=None if stage.has_table(stage.by_type_table) else TABLE_GONE)
