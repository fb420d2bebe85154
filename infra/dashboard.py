"""One page that answers: is it healthy, how fast, how much, and what does it cost?

Invariant: it shows metrics that the stack's own resources or functions have, and no others.
"""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from api.problems import TITLES
from domain.metrics import APPENDED, CONFLICTS, DUPLICATES, REJECTED, REJECTED_BY_REASON
from infra.alarms import Alarms
from infra.cost_estimate import hourly_costs, total
from infra.function import Function
from infra.http_api import HttpApi
from infra.own_metric import own_metric
from infra.projector import Projector
from infra.search import Search
from infra.search_widgets import search_metrics
from projections.search_names import SEARCH

_MINUTE = Duration.minutes(1)
_WIDTH = 24
_REASONS = ("unauthorized", *(set(TITLES) - {"conflict", "invalid-cursor", "not-found"}))


class Dashboard(Construct):
    """A CloudWatch dashboard; the first three of an account are free."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        api: HttpApi,
        functions: Mapping[str, Function],
        tables: Mapping[str, dynamodb.Table],
        projectors: Mapping[str, Projector],
        search: Search | None,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, id)
        if search:
            projectors = {**projectors, SEARCH: search.stream}
        costs = hourly_costs(api=api, functions=functions, tables=tables)
        board = cloudwatch.Dashboard(self, "Page", default_interval=Duration.hours(6))
        for row in (
            [_healthy(alarms)],
            [_latency(api), _lag(projectors), _durations(functions)],
            [_requests(api), _outcomes(), _refusals()],
            [_projected(projectors), *(_units(name, table) for name, table in tables.items())],
            [_graph(title, *found) for title, found in search_metrics(search)],
            [_costs(costs), _total(costs)],
        ):
            board.add_widgets(*row)


def _healthy(alarms: Alarms) -> cloudwatch.AlarmStatusWidget:
    return cloudwatch.AlarmStatusWidget(
        title="Is it healthy?", alarms=list(alarms.by_name.values()), width=_WIDTH, height=5
    )


def _latency(api: HttpApi) -> cloudwatch.GraphWidget:
    half = api.latency.with_(statistic="p50", label="p50")
    return _graph("How fast: API latency, ms", half, api.latency.with_(label="p99"))


def _lag(projectors: Mapping[str, Projector]) -> cloudwatch.GraphWidget:
    lags = [one.lag.with_(label=name) for name, one in projectors.items()]
    return _graph("How fast: from append to projection, ms at most", *lags)


def _durations(functions: Mapping[str, Function]) -> cloudwatch.GraphWidget:
    durations = [
        one.function.metric_duration(statistic="p99", period=_MINUTE, label=name)
        for name, one in functions.items()
    ]
    return _graph("How fast: functions, ms, p99", *durations)


def _requests(api: HttpApi) -> cloudwatch.GraphWidget:
    return _graph(
        "How much: requests a minute",
        api.requests.with_(label="all"),
        api.client_errors.with_(label="4xx"),
        api.server_errors.with_(label="5xx"),
    )


def _outcomes() -> cloudwatch.GraphWidget:
    outcomes = [own_metric(metric) for metric in (APPENDED, DUPLICATES, CONFLICTS, REJECTED)]
    return _graph("How much: events a minute by outcome", *outcomes)


def _refusals() -> cloudwatch.GraphWidget:
    refusals = [
        own_metric(REJECTED_BY_REASON, reason).with_(label=reason) for reason in sorted(_REASONS)
    ]
    return _graph("How much: refused a minute by reason", *refusals)


def _projected(projectors: Mapping[str, Projector]) -> cloudwatch.GraphWidget:
    numbers = [
        metric.with_(label=f"{name} {what}")
        for name, one in projectors.items()
        for what, metric in (("projected", one.projected), ("parked", one.parked))
    ]
    return _graph("How much: projected and parked a minute", *numbers)


def _units(name: str, table: dynamodb.Table) -> cloudwatch.GraphWidget:
    writes = table.metric_consumed_write_capacity_units(statistic="Sum", period=_MINUTE)
    reads = table.metric_consumed_read_capacity_units(statistic="Sum", period=_MINUTE)
    return _graph(
        f"How much: units a minute, {name}",
        writes.with_(label="write units"),
        reads.with_(label="read units"),
    )


def _costs(costs: Sequence[cloudwatch.MathExpression]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title="What does it cost: USD an hour, list price in N. Virginia",
        left=list(costs),
        stacked=True,
        width=16,
        period=Duration.hours(1),
    )


def _total(costs: list[cloudwatch.MathExpression]) -> cloudwatch.SingleValueWidget:
    return cloudwatch.SingleValueWidget(
        title="Without storage, backups and logs", metrics=[total(costs)], width=8
    )


def _graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=_WIDTH // 3)
