"""The firewall's rules: which managed ones block, and which only count.

Invariant: no legal request is blocked for what an event, an id or a type says. The log takes any
JSON value and ids of any characters, and interprets none of it; so a rule that looks at body, query
or path counts, and a rule that looks at what no event is in (headers, cookies, the method) blocks.
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
"""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_wafv2 as waf

COUNTED: Mapping[str, Sequence[str]] = {
    "AWSManagedRulesCommonRuleSet": (
        "SizeRestrictions_QUERYSTRING",  # 2,048 bytes: an id of 256 characters takes 3,072
        "SizeRestrictions_BODY",  # 8 KB: an event takes 400
        "SizeRestrictions_URIPATH",  # 1,024 bytes
        "EC2MetaDataSSRF_BODY",
        "EC2MetaDataSSRF_URIPATH",
        "EC2MetaDataSSRF_QUERYARGUMENTS",
        "GenericLFI_QUERYARGUMENTS",
        "GenericLFI_URIPATH",
        "GenericLFI_BODY",
        "RestrictedExtensions_URIPATH",
        "RestrictedExtensions_QUERYARGUMENTS",
        "GenericRFI_QUERYARGUMENTS",
        "GenericRFI_BODY",
        "GenericRFI_URIPATH",
        "CrossSiteScripting_QUERYARGUMENTS",
        "CrossSiteScripting_BODY",
        "CrossSiteScripting_URIPATH",
    ),
    "AWSManagedRulesKnownBadInputsRuleSet": (
        "JavaDeserializationRCE_BODY",
        "JavaDeserializationRCE_URIPATH",
        "JavaDeserializationRCE_QUERYSTRING",
        "ExploitablePaths_URIPATH",
        "Log4JRCE_QUERYSTRING",
        "Log4JRCE_BODY",
        "Log4JRCE_URIPATH",
        "ReactJSRCE_BODY",
    ),
}
"""The rules of each managed group that look at what callers may write as they like."""

# 5,000,000 bytes and more: as base64 that exceeds the 6 MB that Lambda takes, whatever is in it.
TOO_LARGE = r"^0*(?:[5-9][0-9]{6}|[1-9][0-9]{7,})$"

Rule = waf.CfnWebACL.RuleProperty
Statement = waf.CfnWebACL.StatementProperty


def rules(*, requests_per_address: int, window_seconds: int) -> list[Rule]:
    """All rules, in the order in which they are asked."""
    made = [
        ("RateOfAddress", _rate(requests_per_address, window_seconds)),
        ("BodyTooLarge", _body_too_large()),
    ]
    own = [
        Rule(
            name=name,
            priority=priority,
            action=waf.CfnWebACL.RuleActionProperty(block={}),
            statement=statement,
            visibility_config=visibility(name),
        )
        for priority, (name, statement) in enumerate(made)
    ]
    return own + [_managed(group, len(own) + index) for index, group in enumerate(COUNTED)]


def visibility(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    """Metrics under this name, and no samples: those show requests to whoever reads the console."""
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )


def _rate(requests: int, window_seconds: int) -> Statement:
    """https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html"""
    return Statement(
        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
            aggregate_key_type="IP", limit=requests, evaluation_window_sec=window_seconds
        )
    )


def _body_too_large() -> Statement:
    """By the declared length: of a body the firewall sees the first 16 KB and not the size."""
    return Statement(
        regex_match_statement=waf.CfnWebACL.RegexMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(
                single_header={"Name": "content-length"}
            ),
            regex_string=TOO_LARGE,
            text_transformations=[
                waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")
            ],
        )
    )


def _managed(group: str, priority: int) -> Rule:
    counted = [
        waf.CfnWebACL.RuleActionOverrideProperty(
            name=name, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
        )
        for name in COUNTED[group]
    ]
    return Rule(
        name=group,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=Statement(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS", name=group, rule_action_overrides=counted
            )
        ),
        visibility_config=visibility(group),
    )
