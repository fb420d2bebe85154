"""Counts in the functions' logs what says that a permission or an encryption key is missing.

A filter and no metric of the functions: what is denied raises, in places that no code of ours sees.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from collections.abc import Iterable, Mapping

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from domain.metrics import ACCESS_DENIED
from infra.own_metric import own_metric

# `errorMessage` is in Lambda's line about what a handler raised, `exception` in our logger's.
# No other member is looked at: an event's id may hold any words.
_FIELDS = ("$.errorMessage", "$.exception")
_WORDS = ("*AccessDenied*", "*KMS*")


def access_denied(scope: Construct, groups: Mapping[str, logs.ILogGroup]) -> cloudwatch.Metric:
    """The denied calls of all functions, by the names of whose logs they are counted in."""
    pattern = logs.FilterPattern.any(*_conditions())
    for name, group in groups.items():
        logs.MetricFilter(
            scope,
            f"{name}AccessDenied",
            log_group=group,
            filter_pattern=pattern,
            metric_namespace=Aws.STACK_NAME,
            metric_name=ACCESS_DENIED.name,
        )
    return own_metric(ACCESS_DENIED)


def _conditions() -> Iterable[logs.JsonPattern]:
    for field in _FIELDS:
        for words in _WORDS:
            yield logs.FilterPattern.string_value(field, "=", words)
