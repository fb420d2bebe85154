"""Log groups: kept as long as the stage says, and longer than a stack whose data is protected."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.settings import Settings

FIREWALL_LOGS = "aws-waf-logs-"
"""WAF writes to no log group whose name starts otherwise."""

_RETENTION = {
    7: logs.RetentionDays.ONE_WEEK,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}


def log_group(
    scope: Construct,
    id: str,
    *,
    settings: Settings,
    key: kms.IKey | None,
    name: str | None = None,
) -> logs.LogGroup:
    """A log group of the stage; `name` only where AWS takes no other."""
    return logs.LogGroup(
        scope,
        id,
        log_group_name=name,
        encryption_key=key,
        retention=_RETENTION[settings.log_retention_days],
        removal_policy=RemovalPolicy.RETAIN if settings.protect_data else RemovalPolicy.DESTROY,
    )
