"""The status of the stack that runs on this machine: from its stream, its files and its bucket."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from domain.timestamps import format_utc
from infra.deployed_stage import DeployedStage
from infra.local.lag import oldest_undelivered
from infra.parked_command import parking_lot
from infra.stage_projections import Projection, projections_of
from infra.status import LoggedError, ProjectionStatus, Status, logged_error

_READ_FROM_THE_END = 1_000_000


def local_status(stage: DeployedStage, *, data: Path) -> Status:
    """The status now. `throttled` is None: DynamoDB Local throttles nothing.

    Raises:
        botocore.exceptions.BotoCoreError, ClientError: a part of the stack does not answer.
    """
    now = datetime.now(UTC)
    with closing(stage.client("dynamodb")) as client:
        stream = client.describe_table(TableName=stage.log_table)["Table"]["LatestStreamArn"]
    projections = [
        _projection_status(one, stage, stream=stream, data=data, now=now)
        for one in projections_of(stage)
    ]
    return Status(stage.name, format_utc(now), None, projections)


def _projection_status(
    projection: Projection, stage: DeployedStage, *, stream: str, data: Path, now: datetime
) -> ProjectionStatus:
    checkpoints = data / "checkpoints" / f"{projection.mapping(stage)}.json"
    with closing(stage.client("dynamodbstreams")) as streams:
        oldest = oldest_undelivered(streams, stream_arn=stream, checkpoints=checkpoints)
    condition = projection.condition(stage)
    return ProjectionStatus(
        name=projection.name,
        state=condition.fault or "Enabled",
        lag_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        parked=parking_lot(stage).count(projection.name),
        last_error=last_error(data / "logs" / f"{projection.projector(stage)}.log"),
        facts=condition.facts,
    )


def last_error(log: Path) -> LoggedError | None:
    """The last error in the last megabyte of a function's log."""
    for line in _lines_from_the_end(log):
        if error := logged_error(line):
            return error
    return None


def _lines_from_the_end(log: Path) -> Iterator[str]:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _READ_FROM_THE_END))
        yield from reversed(file.read().decode(errors="replace").splitlines())
