"""What holds the search projection, as the rest of the stack sees it: a domain or a collection."""

from collections.abc import Iterator, Mapping
from typing import Literal, Protocol

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import IDependable

from infra.search_abilities import Ability


class SearchStore(Protocol):
    """An OpenSearch that knows the stack's roles, and no others."""

    @property
    def endpoint(self) -> str:
        """Its address: a host name, or a URL."""

    @property
    def service(self) -> Literal["es", "aoss"]:
        """What requests to it are signed for."""

    @property
    def dashboards_url(self) -> str:
        """Where people open Dashboards."""

    @property
    def ready(self) -> IDependable:
        """What must be there before the first request."""

    @property
    def dimensions(self) -> Mapping[str, str]:
        """What tells its metrics from another store's."""

    def grants(self, ability: Ability) -> Iterator[tuple[str, str]]:
        """The IAM actions, each with the resource, that a role needs for an ability."""


def metric(
    store: SearchStore, name: str, *, statistic: str, label: str | None = None
) -> cloudwatch.Metric:
    """A metric that AWS publishes of the store.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-cloudwatchmetrics.html
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/monitoring-cloudwatch.html
    """
    return cloudwatch.Metric(
        namespace="AWS/ES" if store.service == "es" else "AWS/AOSS",
        metric_name=name,
        dimensions_map=dict(store.dimensions),
        statistic=statistic,
        label=label,
        period=Duration.minutes(1),
    )
