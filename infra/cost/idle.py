"""What a stage costs while nobody calls it, by the resources of its template.

Invariant: a type of resource that nobody has put a price on fails, so that no cost is forgotten.
"""

from collections.abc import Mapping
from typing import Any

from infra.cost.lines import Line
from infra.cost.search import searched

PRICED: Mapping[str, str] = {
    "AWS::CloudWatch::Alarm": "CloudWatch alarm",
    "AWS::CloudWatch::CompositeAlarm": "CloudWatch composite alarm",
    "AWS::CloudWatch::Dashboard": "CloudWatch dashboard",
    "AWS::KMS::Key": "KMS key",
    "AWS::WAFv2::WebACL": "WAF web ACL",
}

FREE = frozenset(
    {
        *(f"AWS::ApiGateway::{kind}" for kind in ("Account", "ApiKey", "Authorizer", "Deployment")),
        *(f"AWS::ApiGateway::{kind}" for kind in ("BasePathMapping", "DomainName", "Method")),
        *(f"AWS::ApiGateway::{kind}" for kind in ("GatewayResponse", "Model", "Resource")),
        *(f"AWS::ApiGateway::{kind}" for kind in ("RequestValidator", "RestApi", "Stage")),
        *(f"AWS::ApiGateway::{kind}" for kind in ("UsagePlan", "UsagePlanKey")),
        *(f"AWS::Cognito::{kind}" for kind in ("UserPool", "UserPoolResourceServer")),
        *(f"AWS::IAM::{kind}" for kind in ("ManagedPolicy", "Policy", "Role")),
        *(f"AWS::Lambda::{kind}" for kind in ("EventSourceMapping", "Function", "Permission")),
        *(f"AWS::Lambda::{kind}" for kind in ("Alias", "Version")),
        *(f"AWS::Logs::{kind}" for kind in ("LogGroup", "MetricFilter", "ResourcePolicy")),
        *(f"AWS::OpenSearchServerless::{kind}" for kind in ("AccessPolicy", "SecurityPolicy")),
        *(f"AWS::CloudFront::{kind}" for kind in ("Distribution", "OriginAccessControl")),
        *("AWS::CloudFront::ResponseHeadersPolicy", "Custom::ExplorerFiles"),
        *("AWS::Events::Rule", "Custom::SearchSetup"),
        *(f"AWS::SNS::{kind}" for kind in ("Subscription", "Topic", "TopicPolicy")),
        *("AWS::Budgets::Budget", "AWS::CertificateManager::Certificate", "AWS::DynamoDB::Table"),
        *("AWS::KMS::Alias", "AWS::Route53::RecordSet", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"),
        *(
            "AWS::StepFunctions::StateMachine",
            "AWS::WAFv2::LoggingConfiguration",
            "AWS::WAFv2::WebACLAssociation",
        ),
    }
)
"""Types that cost by use alone, or nothing."""

BY_SIZE = {"AWS::OpenSearchService::Domain", "AWS::OpenSearchServerless::Collection"}
"""Types that cost by the hour, as much as they are large: `infra/cost/search.py`."""


class NoPriceError(Exception):
    """A type of resource has no price: give it one in `PRICED`, or name it in `FREE`."""


def _metrics(alarm: Mapping[str, Any]) -> list[object]:
    """An alarm is charged by the metrics that it is on."""
    return [one for one in alarm.get("Metrics", [alarm]) if "Expression" not in one]


def idle(template: Mapping[str, Any]) -> list[Line]:
    """A month of a template's resources.

    Raises:
        NoPriceError: nobody has said what a resource costs.
    """
    resources = list(template["Resources"].values())
    types = [resource["Type"] for resource in resources]
    if unknown := set(types) - PRICED.keys() - FREE - BY_SIZE:
        raise NoPriceError(", ".join(sorted(unknown)))
    acls = [resource for resource in resources if resource["Type"] == "AWS::WAFv2::WebACL"]
    rules = sum(len(acl["Properties"]["Rules"]) for acl in acls)
    alarms = [one["Properties"] for one in resources if one["Type"] == "AWS::CloudWatch::Alarm"]
    watched = sum(len(_metrics(alarm)) for alarm in alarms)
    counted = {PRICED[type]: types.count(type) for type in PRICED}
    counted |= {"WAF rule": rules, "CloudWatch alarm": watched}
    lines = [Line("", price, count) for price, count in counted.items() if count]
    return [*lines, *(line for one in resources for line in searched(one))]
