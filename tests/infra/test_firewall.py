"""AWS WAF in front of prod, by the template."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from infra.firewall_rules import COUNTED, TOO_LARGE
from infra.firewall_settings import FirewallSettings
from infra.settings import STAGES
from tests.infra.template import Template

USER_TEXT = ("_BODY", "_QUERYARGUMENTS", "_QUERYSTRING", "_URIPATH")
SECRETS = ["authorization", "x-api-key", "x-amz-security-token", "cookie"]
LAMBDA_REQUEST = 6_291_456
# What AWS lists of both groups, beside those that count.
BLOCKING = {
    *("NoUserAgent_HEADER", "UserAgent_BadBots_HEADER", "SizeRestrictions_Cookie_HEADER"),
    *("EC2MetaDataSSRF_COOKIE", "CrossSiteScripting_COOKIE", "JavaDeserializationRCE_HEADER"),
    *("Host_localhost_HEADER", "PROPFIND_METHOD", "Log4JRCE_HEADER"),
}


def rules(template: Template) -> dict[str, dict[str, Any]]:
    [acl] = template.properties("AWS::WAFv2::WebACL")
    assert acl["Scope"] == "REGIONAL"
    assert acl["DefaultAction"] == {"Allow": {}}
    return {rule["Name"]: rule for rule in acl["Rules"]}


def test_prod_has_a_firewall_and_the_stages_that_hold_nothing_dear_have_none(
    templates: Mapping[str, Template],
) -> None:
    found = {stage: len(one.of_type("AWS::WAFv2::WebACL")) for stage, one in templates.items()}
    assert found == {"dev": 0, "staging": 0, "prod": 1}


def test_it_stands_before_the_stage(template: Template) -> None:
    [association] = template.properties("AWS::WAFv2::WebACLAssociation")
    [acl] = template.of_type("AWS::WAFv2::WebACL")
    assert association["WebACLArn"] == {"Fn::GetAtt": [acl, "Arn"]}
    [stage] = template.of_type("AWS::ApiGateway::Stage")
    [api] = template.of_type("AWS::ApiGateway::RestApi")
    arn = association["ResourceArn"]["Fn::Join"][1]
    assert arn[-4:] == ["::/restapis/", {"Ref": api}, "/stages/", {"Ref": stage}]


def test_an_address_that_floods_the_api_is_blocked(template: Template) -> None:
    rule = rules(template)["RateOfAddress"]
    assert rule["Action"] == {"Block": {}}
    firewall = STAGES["prod"].edge.firewall
    assert firewall
    assert rule["Statement"]["RateBasedStatement"] == {
        "AggregateKeyType": "IP",
        "EvaluationWindowSec": firewall.window_seconds,
        "Limit": firewall.requests_per_address,
    }


def test_only_a_body_that_lambda_would_not_take_is_blocked_for_its_size(
    template: Template,
) -> None:
    rule = rules(template)["BodyTooLarge"]
    assert rule["Action"] == {"Block": {}}
    match = rule["Statement"]["RegexMatchStatement"]
    assert match["FieldToMatch"] == {"SingleHeader": {"Name": "content-length"}}
    assert match["RegexString"] == TOO_LARGE
    assert not re.compile(TOO_LARGE).groups, "WAF knows no capturing groups"
    for length in ("0", "409600", "4718592", "4999999", "0004999999", "-1", "x"):
        assert not re.search(TOO_LARGE, length)
    for length in ("5000000", "9999999", "10485760", "05000000", "123456789012"):
        assert re.search(TOO_LARGE, length)
        if int(length) < 10**9:
            assert int(length) * 4 / 3 > LAMBDA_REQUEST


@pytest.mark.parametrize("group", COUNTED)
def test_managed_rules_block_by_what_no_event_is_in_and_count_the_rest(
    template: Template, group: str
) -> None:
    rule = rules(template)[group]
    assert rule["OverrideAction"] == {"None": {}}, "else none of it would block"
    managed = rule["Statement"]["ManagedRuleGroupStatement"]
    assert (managed["VendorName"], managed["Name"]) == ("AWS", group)
    overrides = managed["RuleActionOverrides"]
    assert {str(one["ActionToUse"]) for one in overrides} == {"{'Count': {}}"}
    counted = {one["Name"] for one in overrides}
    assert not {name for name in counted if not name.endswith(USER_TEXT)}
    assert not counted & BLOCKING


def test_what_callers_write_and_sign_with_is_shown_nowhere(template: Template) -> None:
    [acl] = template.properties("AWS::WAFv2::WebACL")
    protections = acl["DataProtectionConfig"]["DataProtections"]
    assert {one["Action"] for one in protections} == {"SUBSTITUTION"}
    assert {one["ExcludeRuleMatchDetails"] for one in protections} == {False}
    fields = {one["Field"]["FieldType"]: one["Field"].get("FieldKeys") for one in protections}
    assert fields == {"BODY": None, "QUERY_STRING": None, "SINGLE_HEADER": SECRETS}
    visible = [acl["VisibilityConfig"], *(r["VisibilityConfig"] for r in acl["Rules"])]
    assert {one["SampledRequestsEnabled"] for one in visible} == {False}


def test_what_it_blocks_is_logged_without_path_query_and_credentials(template: Template) -> None:
    [logging] = template.properties("AWS::WAFv2::LoggingConfiguration")
    headers = [{"SingleHeader": {"Name": name}} for name in SECRETS]
    assert logging["RedactedFields"] == [*headers, {"QueryString": {}}, {"UriPath": {}}]
    [kept] = logging["LoggingFilter"]["Filters"]
    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"
    assert kept["Conditions"] == [{"ActionCondition": {"Action": "BLOCK"}}]
    [arn] = logging["LogDestinationConfigs"]
    group = template.of_type("AWS::Logs::LogGroup")[arn["Fn::Join"][1][-1]["Ref"]]["Properties"]
    assert group["LogGroupName"]["Fn::Join"][1][0] == "aws-waf-logs-event-logger-prod-"
    assert group["RetentionInDays"] == STAGES["prod"].log_retention_days


def test_its_metric_is_the_stages_own(template: Template) -> None:
    [acl] = template.properties("AWS::WAFv2::WebACL")
    assert acl["VisibilityConfig"]["MetricName"] == "event-logger-prod"
    assert acl["VisibilityConfig"]["CloudWatchMetricsEnabled"] is True


def test_who_is_blocked_gets_a_problem_document(template: Template) -> None:
    answers = template.properties("AWS::ApiGateway::GatewayResponse")
    [answer] = [one for one in answers if one["ResponseType"] == "WAF_FILTERED"]
    assert answer["StatusCode"] == "403"
    assert list(answer["ResponseTemplates"]) == ["application/problem+json"]


@pytest.mark.parametrize("wrong", [{"requests_per_address": 9}, {"window_seconds": 61}])
def test_what_waf_would_refuse_is_refused_here(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        FirewallSettings.model_validate(wrong)
    assert all(field.description for field in FirewallSettings.model_fields.values())
