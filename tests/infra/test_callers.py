"""Who may call the deployed API, by the template."""

import copy
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import pytest
from pydantic import ValidationError

from api.routes import PAGES, ROUTES
from infra.network_policy import network_policy
from infra.settings import OPEN_WARNING, STAGES, Settings
from tests.infra.options import settings_of
from tests.infra.template import Template
from tests.infra.variants import Variant

METHODS = "arn:{AWS::Partition}:execute-api:{AWS::Region}:{AWS::AccountId}:{Api}/{Stage}"


def invoked(template: Template, output: str) -> list[str]:
    """What the policy behind an output lets its holder call."""
    policy = template.body["Outputs"][output]["Value"]["Ref"]
    properties = template.of_type("AWS::IAM::ManagedPolicy")[policy]["Properties"]
    assert not {"Users", "Groups", "Roles"} & set(properties), "it is attached to nobody"
    [statement] = properties["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "execute-api:Invoke")
    resources = statement["Resource"]
    return [
        meaning(template, one)
        for one in (resources if isinstance(resources, list) else [resources])
    ]


def meaning(template: Template, arn: dict[str, Any]) -> str:
    kinds = {"AWS::ApiGateway::RestApi": "{Api}", "AWS::ApiGateway::Stage": "{Stage}"}
    resources = template.body["Resources"]
    return "".join(
        part
        if isinstance(part, str)
        else kinds[resources[part["Ref"]]["Type"]]
        if part["Ref"] in resources
        else f"{{{part['Ref']}}}"
        for part in arn["Fn::Join"][1]
    )


def test_every_method_of_a_stage_that_holds_data_asks_iam(
    templates: Mapping[str, Template],
) -> None:
    for stage, expected in (("staging", "AWS_IAM"), ("prod", "AWS_IAM"), ("dev", "NONE")):
        methods = templates[stage].methods()
        assert [expected] * 13 == [method["AuthorizationType"] for method in methods]


def test_writing_reading_and_searching_are_permissions_of_their_own(template: Template) -> None:
    assert [f"{METHODS}/POST/events"] == invoked(template, "WriterPolicyArn")
    paths = ("/events", "/events/*", "/types")
    reading = [f"{METHODS}/{method}{path}" for method in ("GET", "HEAD") for path in paths]
    assert reading == invoked(template, "ReaderPolicyArn")
    searching = [f"{METHODS}/{method}/search" for method in ("GET", "HEAD")]
    assert searching == invoked(template, "SearcherPolicyArn")


def test_an_unsigned_request_is_forbidden_and_an_open_api_says_not_found(
    templates: Mapping[str, Template],
) -> None:
    for stage, status in (("prod", "403"), ("dev", "404")):
        answers = templates[stage].properties("AWS::ApiGateway::GatewayResponse")
        [answer] = [a for a in answers if a["ResponseType"] == "MISSING_AUTHENTICATION_TOKEN"]
        assert answer["StatusCode"] == status


def test_a_stage_that_protects_data_cannot_be_open() -> None:
    for stage in ("staging", "prod"):
        assert STAGES[stage].authorizer == "iam"
        opened = copy.deepcopy(STAGES[stage].model_dump()) | {"authorizer": "none"}
        with pytest.raises(ValidationError, match="authorizer: none leaves data open"):
            Settings.model_validate(opened)
    assert Settings(stage="other", protect_data=False).authorizer == "iam"


def test_networks_are_a_denial_of_all_others(variants: Sequence[Variant]) -> None:
    named = [one for one in variants if one.settings.caller_networks]
    assert {one.settings.authorizer for one in named} == {"iam", "cognito", "jwt", "none"}
    for one in named:
        [api] = one.template.properties("AWS::ApiGateway::RestApi")
        denial, *_ = api["Policy"]["Statement"]
        networks = [str(network) for network in one.settings.caller_networks]
        assert denial == {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "execute-api:Invoke",
            "Resource": "execute-api:/*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": networks}},
        }


@pytest.mark.parametrize("authorizer", ["iam", "own pool", "jwt", "open"])
@pytest.mark.parametrize("documents", ["open pages", "own pages"])
@pytest.mark.parametrize("browsers", ["no origin", "explorer"])
def test_networks_open_no_method_and_close_none_that_is_open(
    authorizer: str, documents: str, browsers: str
) -> None:
    """A method that asks nobody needs the policy's permission, and one that asks a pool does.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
    """
    asked = {"authorizer": authorizer, "documents": documents, "browsers": browsers}
    settings = settings_of({"stage": "dev", "networks": "named", **asked})
    policy = network_policy(settings)
    assert policy
    _, *allowing = policy.to_json()["Statement"]
    patterns = [pattern for one in allowing for pattern in listed(one["Resource"])]
    need = authorizer in {"own pool", "open"}
    calls = {(route.method, route.path): need for route in ROUTES}
    calls |= {(one.method, one.path): need or documents == "open pages" for one in PAGES}
    calls |= {("OPTIONS", one.path): need or browsers == "explorer" for one in ROUTES}
    for (method, path), needs in calls.items():
        call = f"execute-api:/dev/{method}{path.replace('{id}', 'docs')}"
        assert any(fnmatchcase(call, pattern) for pattern in patterns) is needs, call


def listed(value: Any) -> list[Any]:
    """What a policy has as a list, or as its only one."""
    return value if isinstance(value, list) else [value]


def test_no_stage_has_a_resource_policy_unless_asked_to(template: Template) -> None:
    [api] = template.properties("AWS::ApiGateway::RestApi")
    assert "Policy" not in api


def test_an_open_stage_says_so_in_its_stack(templates: Mapping[str, Template]) -> None:
    descriptions = {name: one.body.get("Description") for name, one in templates.items()}
    assert descriptions == {"dev": OPEN_WARNING, "staging": None, "prod": None}
    outputs = {name: one.body["Outputs"]["Authorizer"]["Value"] for name, one in templates.items()}
    assert outputs == {"dev": "none", "staging": "iam", "prod": "iam"}
