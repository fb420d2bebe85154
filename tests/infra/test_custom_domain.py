"""A stage with a domain name of its own, and the TLS of every stage."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from api.routes import PAGES, ROUTES
from infra.domain_settings import DomainSettings
from infra.local.template import load
from infra.settings import STAGES, Settings
from infra.synth import CloudAssembly
from tests.infra.lint import lint
from tests.infra.template import Template
from tests.infra.variants import unbundled

DOMAIN = {
    "name": "events.example.com",
    "hosted_zone_id": "Z0123456789",
    "hosted_zone_name": "example.com",
}
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1-2"
POLICY = ("SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "STRICT")


def synthesized(folder: Path, **domain: str) -> CloudAssembly:
    given = STAGES["prod"].model_dump() | {"edge": {"domain": DOMAIN | domain}}
    return unbundled(Settings.model_validate(given), folder)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> CloudAssembly:
    return synthesized(tmp_path_factory.mktemp("domain"))


@pytest.fixture(scope="module")
def named(assembly: CloudAssembly) -> Template:
    return Template(assembly.template())


def test_every_stage_takes_tls_1_2_at_least_with_forward_secrecy(
    templates: Mapping[str, Template],
) -> None:
    for template in templates.values():
        [api] = template.properties("AWS::ApiGateway::RestApi")
        assert (api["SecurityPolicy"], api["EndpointAccessMode"]) == POLICY
        assert not api.get("DisableExecuteApiEndpoint"), "it has no other name"


def test_the_name_has_the_same_tls_and_the_default_endpoint_is_closed(named: Template) -> None:
    [name] = named.properties("AWS::ApiGateway::DomainName")
    assert (name["SecurityPolicy"], name["EndpointAccessMode"]) == POLICY
    assert (name["DomainName"], name["EndpointConfiguration"]["Types"]) == (
        "events.example.com",
        ["REGIONAL"],
    )
    [api] = named.properties("AWS::ApiGateway::RestApi")
    assert (api["SecurityPolicy"], api["EndpointAccessMode"]) == POLICY
    assert api["DisableExecuteApiEndpoint"] is True


def test_the_name_stands_for_the_stage_itself(named: Template) -> None:
    [mapping] = named.properties("AWS::ApiGateway::BasePathMapping")
    [stage], [name] = (named.of_type(f"AWS::ApiGateway::{one}") for one in ("Stage", "DomainName"))
    assert (mapping["Stage"], mapping["DomainName"]) == ({"Ref": stage}, {"Ref": name})
    assert "BasePath" not in mapping
    assert named.body["Outputs"]["ApiUrl"]["Value"] == "https://events.example.com"


def test_the_zone_gets_the_record_and_proves_the_certificate(named: Template) -> None:
    [name] = named.of_type("AWS::ApiGateway::DomainName")
    [record] = named.properties("AWS::Route53::RecordSet")
    assert (record["Name"], record["Type"]) == ("events.example.com.", "A")
    assert record["HostedZoneId"] == DOMAIN["hosted_zone_id"]
    assert record["AliasTarget"]["DNSName"] == {"Fn::GetAtt": [name, "RegionalDomainName"]}
    [(id, certificate)] = named.of_type("AWS::CertificateManager::Certificate").items()
    [validation] = certificate["Properties"]["DomainValidationOptions"]
    assert certificate["Properties"]["ValidationMethod"] == "DNS"
    assert validation["HostedZoneId"] == DOMAIN["hosted_zone_id"]
    [properties] = named.properties("AWS::ApiGateway::DomainName")
    assert properties["RegionalCertificateArn"] == {"Ref": id}


def test_a_certificate_that_is_there_is_used(tmp_path: Path) -> None:
    template = Template(synthesized(tmp_path, certificate_arn=CERTIFICATE).template())
    assert not template.of_type("AWS::CertificateManager::Certificate")
    [name] = template.properties("AWS::ApiGateway::DomainName")
    assert name["RegionalCertificateArn"] == CERTIFICATE


def test_the_local_run_takes_such_a_stage(assembly: CloudAssembly) -> None:
    template = load(assembly.path, region="eu-central-1", stack_id="arn:x:y/1")
    others = {route.path for route in (*ROUTES, *PAGES)}  # a method for whatever has no route
    assert len(template.api().routes) == len((*ROUTES, *PAGES, *others))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "events.example.org"},
        {"name": "eventsexample.com"},
        {"name": "Events.example.com"},
        {"name": "https://events.example.com"},
        {"hosted_zone_id": "example.com"},
        {"certificate_arn": "arn:aws:iam::123456789012:server-certificate/x"},
    ],
)
def test_what_is_no_name_in_the_zone_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        DomainSettings.model_validate(DOMAIN | wrong)
    assert all(field.description for field in DomainSettings.model_fields.values())


def test_cfn_lint_finds_nothing(assembly: CloudAssembly) -> None:
    assert lint(assembly.template()) == []
