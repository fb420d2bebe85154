"""The metrics that our functions emit, as alarms and dashboards refer to them."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from domain.metrics import Metric


def own_metric(
    metric: Metric, dimension: str | None = None, *, statistic: str = "Sum"
) -> cloudwatch.Metric:
    """A metric of this stack, a value for each minute; `dimension` is its dimension's value."""
    named = {metric.dimension: dimension} if metric.dimension and dimension else {}
    return cloudwatch.Metric(
        namespace=Aws.STACK_NAME,
        metric_name=metric.name,
        dimensions_map=named,
        statistic=statistic,
        period=Duration.minutes(1),
    )
