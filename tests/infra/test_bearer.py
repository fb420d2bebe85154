"""A stage whose callers bear tokens, as it would be deployed."""

import sys
from typing import Any

import pytest
from pydantic import ValidationError

from domain import config
from infra.bundle_contents import contents_of
from infra.caller_settings import JwtSettings
from infra.settings import STAGES, Settings
from infra.stack import WRITE
from infra.synth import CloudAssembly
from infra.token_check import AUTHORIZE
from tests.infra.lint import lint
from tests.infra.template import Template
from tests.infra.variants import bundled

JWT = {"issuer": "https://issuer.test/", "audience": "event-log"}
GIVEN = STAGES["prod"].model_dump() | {"authorizer": "jwt", "jwt": JWT}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> CloudAssembly:
    return bundled(Settings.model_validate(GIVEN), tmp_path_factory.mktemp("jwt"))


@pytest.fixture(scope="module")
def template(assembly: CloudAssembly) -> Template:
    return Template(assembly.template())


def test_every_method_asks_the_function_about_the_token(template: Template) -> None:
    [(id, authorizer)] = template.of_type("AWS::ApiGateway::Authorizer").items()
    properties = authorizer["Properties"]
    assert properties["Type"] == "TOKEN"
    assert properties["IdentitySource"] == "method.request.header.Authorization"
    assert properties["AuthorizerResultTtlInSeconds"] == 60
    methods = template.methods()
    found = [(method["AuthorizationType"], method["AuthorizerId"]["Ref"]) for method in methods]
    assert found == [("CUSTOM", id)] * 13
    assert "AWS::IAM::ManagedPolicy" not in {
        resource["Type"] for resource in template.body["Resources"].values()
    }


def test_the_function_knows_its_issuer_and_may_do_nothing(template: Template) -> None:
    variables = template.functions()[AUTHORIZE]["Environment"]["Variables"]
    assert variables == {
        config.JWT_ISSUER: "https://issuer.test/",
        config.JWT_AUDIENCE: "event-log",
        config.JWT_ALGORITHMS: "RS256,ES256",
        config.LOG_LEVEL: "INFO",
        config.METRICS_NAMESPACE: {"Ref": "AWS::StackName"},
    }
    logs = f"logs of {AUTHORIZE}"
    expected = {("logs:CreateLogStream", logs), ("logs:PutLogEvents", logs)}
    assert template.grants(AUTHORIZE) == expected


def test_a_refusal_is_a_problem_that_names_the_scheme(template: Template) -> None:
    answers = template.properties("AWS::ApiGateway::GatewayResponse")
    [answer] = [one for one in answers if one["ResponseType"] == "UNAUTHORIZED"]
    header = "gatewayresponse.header.WWW-Authenticate"
    assert answer["ResponseParameters"] == {header: "'Bearer'"}


def test_only_its_bundle_holds_cryptography_and_it_is_for_lambdas_platform(
    assembly: CloudAssembly,
) -> None:
    bundles = assembly.assets()
    libraries = [path.name for path in bundles[AUTHORIZE].rglob("*.so")]
    assert libraries
    assert not [name for name in libraries if "x86_64" in name]
    assert (bundles[AUTHORIZE] / "jwt").is_dir()
    assert not (bundles[AUTHORIZE] / "boto3").exists()
    assert not (bundles[WRITE] / "jwt").exists()
    size = contents_of(bundles[AUTHORIZE]).size
    sys.stdout.write(f"{AUTHORIZE}: {size / 1e6:.2f} MB zipped\n")
    assert 0 < size < 8_000_000


def test_cfn_lint_finds_nothing(assembly: CloudAssembly) -> None:
    assert lint(assembly.template()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://issuer.test"},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"algorithms": []},
        {"audience": ""},
        {"cache_seconds": 3601},
        {"secret": "x"},
    ],
)
def test_settings_that_would_let_in_others_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        JwtSettings.model_validate(JWT | wrong)


@pytest.mark.parametrize("change", [{"jwt": None}, {"authorizer": "iam"}])
def test_an_issuer_and_the_authorizer_that_asks_it_come_together(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="need each other"):
        Settings.model_validate(GIVEN | change)
