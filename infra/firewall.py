"""AWS WAF in front of the API: who floods it is stopped before it costs a function's time.

Invariant: nothing that callers write is kept by it: body and query are blanked out wherever WAF
shows a request, and its log leaves out the path and every header that authorizes.
https://docs.aws.amazon.com/waf/latest/developerguide/logging.html
"""

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.firewall_rules import rules, visibility
from infra.firewall_settings import FirewallSettings
from infra.log_group import FIREWALL_LOGS, log_group
from infra.settings import Settings

_SECRET_HEADERS = ("authorization", "x-api-key", "x-amz-security-token", "cookie")


class Firewall(Construct):
    """A web ACL on one stage of an API; `blocked` counts the requests that it stopped."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: apigateway.Stage,
        firewall: FirewallSettings,
        settings: Settings,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        metric = f"{settings.project}-{settings.stage}"
        self._acl = waf.CfnWebACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            rules=rules(
                requests_per_address=firewall.requests_per_address,
                window_seconds=firewall.window_seconds,
            ),
            data_protection_config=_blanked_out(),
            visibility_config=visibility(metric),
        )
        waf.CfnWebACLAssociation(
            self, "OnStage", resource_arn=stage.stage_arn, web_acl_arn=self._acl.attr_arn
        )
        self._log(settings, key)
        self.blocked = cloudwatch.Metric(
            namespace="AWS/WAFV2",
            metric_name="BlockedRequests",
            dimensions_map={"WebACL": metric, "Region": Aws.REGION, "Rule": "ALL"},
            statistic="Sum",
            period=Duration.minutes(1),
        )

    def _log(self, settings: Settings, key: kms.IKey | None) -> None:
        """What was blocked; what was counted is a metric. The name has the stack's own id in it.

        https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
        """
        unique = Fn.select(2, Fn.split("/", Aws.STACK_ID))
        name = f"{FIREWALL_LOGS}{settings.project}-{settings.stage}-{unique}"
        group = log_group(self, "Logs", settings=settings, key=key, name=name)
        region = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}"
        waf.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self._acl.attr_arn,
            log_destination_configs=[f"{region}:log-group:{group.log_group_name}"],
            redacted_fields=_left_out(),
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ALL",
                        "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}],
                    }
                ],
            },
        )


def _left_out() -> list[waf.CfnLoggingConfiguration.FieldToMatchProperty]:
    field = waf.CfnLoggingConfiguration.FieldToMatchProperty
    headers = [field(single_header={"Name": name}) for name in _SECRET_HEADERS]
    return [*headers, field(query_string={}), field(uri_path={})]


def _blanked_out() -> waf.CfnWebACL.DataProtectionConfigProperty:
    """https://docs.aws.amazon.com/waf/latest/developerguide/data-protection-masking.html"""
    fields = [("BODY", None), ("QUERY_STRING", None), ("SINGLE_HEADER", list(_SECRET_HEADERS))]
    return waf.CfnWebACL.DataProtectionConfigProperty(
        data_protections=[
            waf.CfnWebACL.DataProtectProperty(
                action="SUBSTITUTION",
                field=waf.CfnWebACL.FieldToProtectProperty(field_type=kind, field_keys=keys),
                exclude_rule_match_details=False,
            )
            for kind, keys in fields
        ]
    )
