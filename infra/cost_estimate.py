"""What a stage costs while it runs, as metric math: dollars an hour at list price.

It knows what grows with use: requests, function time, table units. Storage, backups, logs, keys
and a firewall come on top; the bill and the budget know them all.
"""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb

from infra import prices
from infra.function import Function
from infra.http_api import HttpApi

_HOUR = Duration.hours(1)


def hourly_costs(
    *, api: HttpApi, functions: Mapping[str, Function], tables: Mapping[str, dynamodb.Table]
) -> list[cloudwatch.MathExpression]:
    """One expression for the API, each function, and each table's writes and reads."""
    costs = [_cost("API", {api.requests: prices.API_REQUEST})]
    for name, one in functions.items():
        per_millisecond = one.memory_mb / 1024 / 1000 * prices.LAMBDA_GB_SECOND
        calls = {
            one.function.metric_duration(statistic="Sum"): per_millisecond,
            one.function.metric_invocations(): prices.LAMBDA_REQUEST,
        }
        costs.append(_cost(name, calls))
    for name, table in tables.items():
        writes = table.metric_consumed_write_capacity_units(statistic="Sum")
        reads = table.metric_consumed_read_capacity_units(statistic="Sum")
        costs.append(_cost(f"{name} writes", {writes: prices.DYNAMODB_WRITE_UNIT}))
        costs.append(_cost(f"{name} reads", {reads: prices.DYNAMODB_READ_UNIT}))
    return costs


def total(costs: list[cloudwatch.MathExpression]) -> cloudwatch.MathExpression:
    """All costs in one; `+` would be missing as soon as one of them is."""
    parts = {f"cost{n}": cost for n, cost in enumerate(costs)}
    return cloudwatch.MathExpression(
        expression=f"SUM([{', '.join(parts)}])",
        using_metrics=dict(parts),
        label="USD an hour",
        period=_HOUR,
    )


def _cost(label: str, dollars: Mapping[cloudwatch.Metric, float]) -> cloudwatch.MathExpression:
    """What an hour's sum of each metric costs, at dollars for one."""
    name = label.lower().replace(" ", "_")
    used = {f"{name}_{n}": metric for n, metric in enumerate(dollars)}
    terms = [f"{id} * {price:.18f}" for id, price in zip(used, dollars.values(), strict=True)]
    return cloudwatch.MathExpression(
        expression=" + ".join(terms), using_metrics=dict(used), label=label, period=_HOUR
    )
