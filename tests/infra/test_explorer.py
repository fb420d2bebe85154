"""A stage whose explorer page is on AWS, by the template."""

import json
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pytest
from pydantic import ValidationError

from api.explorer_page import FOLDER, content_policy
from domain import config
from infra.code_digest import code_digest
from infra.explorer_on_aws import EXPLORER_FILES
from infra.explorer_settings import ExplorerDomainSettings, ExplorerSettings
from infra.explorer_sources import SOURCES, explorer_sources
from infra.local.explorer import HEADERS
from infra.search import QUERY
from infra.settings import STAGES, Settings
from infra.stack import READ, WRITE
from tests.infra.options import OPTIONS, settings_of
from tests.infra.template import Template
from tests.infra.test_browsers import HEADER
from tests.infra.variants import Variant

NAME = "https://explorer.example.com"
NAMED = "explorer of a name, and an origin"


@pytest.fixture(scope="module")
def exploring(variants: Sequence[Variant]) -> Sequence[Variant]:
    """Every kind of stage that has the page."""
    found = [one for one in variants if one.settings.explorer]
    assert {one.settings.authorizer for one in found} == {"cognito", "iam", "jwt", "none"}
    assert {one.settings.search is None for one in found} == {True, False}
    assert {one.settings.edge.domain is None for one in found} == {True, False}
    assert {one.settings.encryption for one in found} == {"aws-owned", "customer-managed"}
    return found


def distribution(template: Template) -> tuple[str, dict[str, Any]]:
    [(id, found)] = template.of_type("AWS::CloudFront::Distribution").items()
    config: dict[str, Any] = found["Properties"]["DistributionConfig"]
    return id, config


def origin_of(one: Variant) -> Any:
    """What a browser calls the page's origin, as the template says it."""
    id, _ = distribution(one.template)
    domain = {"Fn::GetAtt": [id, "DomainName"]}
    explorer = one.settings.explorer
    named = bool(explorer and explorer.domain)
    return NAME if named else {"Fn::Join": ["", ["https://", domain]]}


def test_no_stage_has_it_unless_its_settings_say_so(variants: Sequence[Variant]) -> None:
    assert {stage.explorer for stage in STAGES.values()} == {None}
    for one in variants:
        given = "CloudFront" in json.dumps(one.template.body)
        assert given is (one.settings.explorer is not None)


def test_the_bucket_is_private_and_goes_with_the_stack_whatever_is_kept(
    exploring: Sequence[Variant],
) -> None:
    for one in exploring:
        bucket = one.template.page()
        assert bucket
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
        [ownership] = properties["OwnershipControls"]["Rules"]
        assert ownership == {"ObjectOwnership": "BucketOwnerEnforced"}
        [rule] = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_one_distribution_reads_it_and_nobody_else_and_all_over_tls(
    exploring: Sequence[Variant],
) -> None:
    for one in exploring:
        id, _ = distribution(one.template)
        [policy] = [
            policy["PolicyDocument"]["Statement"]
            for policy in one.template.properties("AWS::S3::BucketPolicy")
            if one.template.body["Resources"][policy["Bucket"]["Ref"]] == one.template.page()
        ]
        [denial, reading] = policy
        assert (denial["Effect"], denial["Condition"]) == (
            "Deny",
            {"Bool": {"aws:SecureTransport": "false"}},
        )
        account, partition = {"Ref": "AWS::AccountId"}, {"Ref": "AWS::Partition"}
        arn = ["arn:", partition, ":cloudfront::", account, ":distribution/", {"Ref": id}]
        assert (reading["Effect"], reading["Action"]) == ("Allow", "s3:GetObject")
        assert reading["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert reading["Condition"] == {
            "StringEquals": {"AWS:SourceArn": {"Fn::Join": ["", arn]}},
        }


def test_the_distribution_signs_what_it_asks_of_the_bucket_and_keeps_nothing(
    exploring: Sequence[Variant],
) -> None:
    for one in exploring:
        [(access, control)] = one.template.of_type("AWS::CloudFront::OriginAccessControl").items()
        signing = control["Properties"]["OriginAccessControlConfig"]
        assert (signing["SigningBehavior"], signing["SigningProtocol"]) == ("always", "sigv4")
        assert "AWS::StackId" in json.dumps(signing["Name"]), "names are the account's"
        _, found = distribution(one.template)
        [origin] = found["Origins"]
        assert origin["OriginAccessControlId"] == {"Fn::GetAtt": [access, "Id"]}
        assert "CustomOriginConfig" not in origin
        behavior = found["DefaultCacheBehavior"]
        assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
        assert behavior["CachePolicyId"] == CACHING_DISABLED
        assert "AllowedMethods" not in behavior, "GET and HEAD alone"
        assert (found["DefaultRootObject"], found["HttpVersion"]) == ("index.html", "http2and3")


CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html"""


def test_under_a_name_of_its_own_it_takes_todays_tls_alone_and_has_its_records(
    exploring: Sequence[Variant],
) -> None:
    for one in exploring:
        id, found = distribution(one.template)
        records = [
            (record["Name"], record["Type"])
            for record in one.template.properties("AWS::Route53::RecordSet")
            if id in json.dumps(record)
        ]
        explorer = one.settings.explorer
        if explorer and explorer.domain:
            assert found["ViewerCertificate"] == {
                "AcmCertificateArn": explorer.domain.certificate_arn,
                "MinimumProtocolVersion": "TLSv1.2_2021",
                "SslSupportMethod": "sni-only",
            }
            assert (found["Aliases"], found["WebACLId"]) == (
                ["explorer.example.com"],
                explorer.web_acl_arn,
            )
            assert records == [("explorer.example.com.", kind) for kind in ("A", "AAAA")]
        else:
            assert not {"ViewerCertificate", "Aliases", "WebACLId"} & found.keys()
            assert records == []


def test_browsers_are_told_what_the_local_stack_tells_them_and_may_ask_the_api_besides(
    exploring: Sequence[Variant],
) -> None:
    for one in exploring:
        [policy] = one.template.properties("AWS::CloudFront::ResponseHeadersPolicy")
        given = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        assert {part["Override"] for part in given.values()} == {True}
        assert HEADERS["Content-Security-Policy"] == content_policy()
        told = one.template.named(given["ContentSecurityPolicy"]["ContentSecurityPolicy"])
        assert told == content_policy(f"{one.template.named(api_url(one))}/")
        assert given["ContentTypeOptions"] == {"Override": True}
        assert given["ReferrerPolicy"]["ReferrerPolicy"] == HEADERS["Referrer-Policy"]
        assert given["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 31_536_000


def api_url(one: Variant) -> Any:
    return one.template.body["Outputs"]["ApiUrl"]["Value"]


def test_the_page_is_told_where_the_api_is_and_what_its_callers_need(
    exploring: Sequence[Variant],
) -> None:
    for one in exploring:
        [made] = one.template.properties("Custom::ExplorerFiles")
        variables = one.template.functions()[EXPLORER_FILES]["Environment"]["Variables"]
        for name in (config.EXPLORER_BUCKET, config.EXPLORER_STAGE):
            assert made[name] == variables[name], "a change of it publishes the page anew"
        settings = one.settings
        assert json.loads(one.template.named(made[config.EXPLORER_STAGE])) == {
            "api": f"{one.template.named(api_url(one))}/",
            "stage": settings.stage,
            "authorizer": settings.authorizer,
            "api_key": settings.edge.producers is not None,
            "search": settings.search is not None,
            "docs": settings.api_docs == "open",
        }


def test_it_is_published_anew_when_a_file_of_it_changes() -> None:
    files = explorer_sources()
    assert {name.removeprefix(f"{FOLDER}/") for name in files} == {
        file.name for file in SOURCES.iterdir()
    }
    changed = {**files, f"{FOLDER}/index.html": b"changed"}
    digests = {code_digest(EXPLORER_FILES, beside=one) for one in ({}, files, changed)}
    assert len(digests) == 3


def test_the_function_may_put_list_and_delete_what_is_in_that_bucket_and_nothing_else(
    exploring: Sequence[Variant],
) -> None:
    logs = f"logs of {EXPLORER_FILES}"
    for one in exploring:
        traced = {("xray:PutTraceSegments", "*"), ("xray:PutTelemetryRecords", "*")}
        assert one.template.grants(EXPLORER_FILES) - traced == {
            *(("logs:CreateLogStream", logs), ("logs:PutLogEvents", logs)),
            *(("s3:PutObject", "page/*"), ("s3:DeleteObject", "page/*")),
            ("s3:ListBucket", "page"),
        }


def test_its_origin_is_one_that_every_part_of_the_api_lets_in(
    exploring: Sequence[Variant],
) -> None:
    for one in exploring:
        origin, template = origin_of(one), one.template
        allowed = [*one.settings.edge.allowed_origins]
        told = template.named(origin)
        for handler in (READ, WRITE, *([QUERY] if one.settings.search else [])):
            variables = template.functions()[handler]["Environment"]["Variables"]
            assert template.named(variables[config.ALLOWED_ORIGINS]) == " ".join([told, *allowed])
        for answer in template.properties("AWS::ApiGateway::GatewayResponse"):
            named = template.named(answer["ResponseParameters"][HEADER])
            assert named == f"'{told}'"
        assert template.body["Outputs"]["ExplorerUrl"]["Value"] == origin


def test_preflight_requests_are_answered_whatever_the_authorizer_and_the_rest_stays_closed(
    exploring: Sequence[Variant],
) -> None:
    for one in exploring:
        for method in one.template.methods():
            preflight = method["HttpMethod"] == "OPTIONS"
            opened = preflight or one.settings.authorizer == "none"
            assert (method["AuthorizationType"] == "NONE") is opened
            keyed = one.settings.edge.producers is not None and not preflight
            assert method.get("ApiKeyRequired", False) is keyed
        methods = {method for method, _ in one.template.routes()}
        assert methods == {"GET", "HEAD", "POST", "OPTIONS", "ANY"}


def test_nothing_in_any_template_waits_for_itself(variants: Sequence[Variant]) -> None:
    """CloudFormation refuses a template whose resources depend on each other in a circle.

    The page knows the API's address, and what answers at it knows the page's.
    """
    for one in variants:
        resources = one.template.body["Resources"]
        assert sorted(order(resources)) == sorted(resources)


def test_what_waits_for_itself_is_found() -> None:
    page = {"DependsOn": ["Function"]}
    function = {"Properties": {"Origin": {"Fn::Join": ["", ["https://", {"Ref": "Page"}]]}}}
    for one in (page, {"Site": {"Fn::GetAtt": ["Function", "Arn"]}}):
        with pytest.raises(CycleError):
            order({"Page": one, "Function": function})


def order(resources: Mapping[str, Any]) -> list[str]:
    """Logical ids, each after those that it refers to."""
    graph = {name: set(needs(part)) & resources.keys() for name, part in resources.items()}
    return [*TopologicalSorter(graph).static_order()]


def needs(part: Any) -> Iterator[str]:
    """The logical ids that a part of a template refers to, and AWS's own names."""
    if isinstance(part, list):
        for item in part:
            yield from needs(item)
    elif isinstance(part, dict):
        depends = part.get("DependsOn", ())
        yield from (depends,) if isinstance(depends, str) else depends
        if "Ref" in part:
            yield part["Ref"]
        if "Fn::GetAtt" in part:
            yield part["Fn::GetAtt"][0]
        for item in part.values():
            yield from needs(item)


DOMAIN = OPTIONS["browsers"][NAMED]["explorer"]["domain"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"certificate_arn": DOMAIN["certificate_arn"].replace("us-east-1", "eu-west-1")},
            "CloudFront takes certificates of us-east-1 alone, not of eu-west-1",
        ),
        ({"certificate_arn": None}, "certificate_arn"),
        ({"name": "explorer.example.org"}, "explorer.example.org is not in the zone example.com"),
    ],
)
def test_a_name_without_a_certificate_where_cloudfront_looks_is_refused(
    wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        ExplorerDomainSettings.model_validate(DOMAIN | wrong)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/people/0-1",
        "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/people/0-1",
        "arn:aws:wafv2:us-east-1:123456789012:global/ipset/people/0-1",
    ],
)
def test_a_web_acl_that_is_none_of_cloudfronts_is_refused(arn: str) -> None:
    with pytest.raises(ValidationError, match=r"scope CLOUDFRONT, in us-east-1|pattern"):
        ExplorerSettings(web_acl_arn=arn)


def test_page_and_api_cannot_have_one_name() -> None:
    chosen = settings_of({"stage": "prod", "domain": "domain", "browsers": NAMED}).model_dump()
    chosen["explorer"]["domain"]["name"] = chosen["edge"]["domain"]["name"]
    with pytest.raises(ValidationError, match="is the API's"):
        Settings.model_validate(chosen)
