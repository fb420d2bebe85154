"""A domain's own logs: slow requests, faults, and who was refused.

Invariant: no log holds an event: the domain's audit leaves out the bodies of requests.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html
"""

import json

from aws_cdk import Aws
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.log_group import log_group
from infra.settings import Settings

_KINDS = {
    "IndexSlow": "INDEX_SLOW_LOGS",
    "SearchSlow": "SEARCH_SLOW_LOGS",
    "Application": "ES_APPLICATION_LOGS",
    "Audit": "AUDIT_LOGS",
}


class SearchLogs(Construct):
    """A log group for each kind, and the right of the account's domains to write to them.

    `options` are the domain's; it must not be made before `policy` is.
    """

    def __init__(
        self, scope: Construct, id: str, *, settings: Settings, key: kms.IKey | None
    ) -> None:
        super().__init__(scope, id)
        groups = {
            kind: log_group(self, name, settings=settings, key=key) for name, kind in _KINDS.items()
        }
        self.options = {
            kind: opensearch.CfnDomain.LogPublishingOptionProperty(
                cloud_watch_logs_log_group_arn=group.log_group_arn, enabled=True
            )
            for kind, group in groups.items()
        }
        self.policy = logs.CfnResourcePolicy(
            self,
            "Policy",
            policy_name=f"{settings.project}-{settings.stage}-search",
            policy_document=json.dumps(_policy([one.log_group_arn for one in groups.values()])),
        )


def _policy(groups: list[str]) -> dict[str, object]:
    """Of this account's domains: the one's own name would have to be there before it is made."""
    domains = f"arn:{Aws.PARTITION}:es:{Aws.REGION}:{Aws.ACCOUNT_ID}:domain/*"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "es.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": groups,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": domains},
        },
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
