"""The status of a stage on AWS: from CloudWatch, the functions' logs, and the bucket.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.timestamps import format_utc
from infra.deployed_stage import DeployedStage
from infra.parked_command import parking_lot
from infra.stage_projections import Projection, projections_of
from infra.status import LoggedError, ProjectionStatus, Status, logged_error

_LAG_MINUTES = 5
_ERRORS_SINCE = timedelta(hours=24)


def aws_status(stage: DeployedStage) -> Status:
    """The status now; a lag of None means that no batch was delivered in the last five minutes.

    Raises:
        botocore.exceptions.BotoCoreError, ClientError: AWS does not answer, or not this caller.
    """
    now = datetime.now(UTC)
    cloudwatch = stage.client("cloudwatch")
    throttled = [
        value
        for metric in ("WriteThrottleEvents", "ReadThrottleEvents")
        for value in _values(
            cloudwatch,
            now=now,
            minutes=60,
            namespace="AWS/DynamoDB",
            metric=metric,
            statistic="Sum",
            dimension=("TableName", stage.log_table),
        )
    ]
    projections = [
        _projection_status(one, stage, cloudwatch=cloudwatch, now=now)
        for one in projections_of(stage)
    ]
    return Status(stage.name, format_utc(now), int(sum(throttled)), projections)


def _projection_status(
    projection: Projection, stage: DeployedStage, *, cloudwatch: Any, now: datetime
) -> ProjectionStatus:
    mapping = stage.client("lambda").get_event_source_mapping(UUID=projection.mapping(stage))
    lag = _values(
        cloudwatch,
        now=now,
        minutes=_LAG_MINUTES,
        namespace="AWS/Lambda",
        metric="IteratorAge",
        statistic="Maximum",
        dimension=("FunctionName", projection.projector(stage)),
    )
    condition = projection.condition(stage)
    return ProjectionStatus(
        name=projection.name,
        state=condition.fault or mapping["State"],
        lag_seconds=max(lag) / 1000 if lag else None,
        parked=parking_lot(stage).count(projection.name),
        last_error=_last_error(stage, logs=projection.logs(stage), since=now - _ERRORS_SINCE),
        facts=condition.facts,
    )


def _values(
    cloudwatch: Any,
    *,
    now: datetime,
    minutes: int,
    namespace: str,
    metric: str,
    statistic: str,
    dimension: tuple[str, str],
) -> list[float]:
    """The metric's value of each of the last minutes that has one."""
    name, value = dimension
    points = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value}],
        StartTime=now - timedelta(minutes=minutes),
        EndTime=now,
        Period=60,
        Statistics=[statistic],
    )["Datapoints"]
    return [point[statistic] for point in points]


def _last_error(stage: DeployedStage, *, logs: str, since: datetime) -> LoggedError | None:
    pages = (
        stage.client("logs")
        .get_paginator("filter_log_events")
        .paginate(
            logGroupName=logs,
            startTime=int(since.timestamp() * 1000),
            filterPattern='{ $.level = "ERROR" }',
        )
    )
    errors = [
        error
        for page in pages
        for event in page["events"]
        if (error := logged_error(event["message"]))
    ]
    return max(errors, key=lambda error: error.at, default=None)
