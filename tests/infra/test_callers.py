"""Who may call the deployed API, by the template."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from infra.settings import OPEN_WARNING, STAGES, Settings
from tests.infra.template import Template
from tests.infra.variants import unbundled

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


@pytest.mark.parametrize(("authorizer", "allowed"), [("iam", []), ("none", ["Allow"])])
def test_networks_are_a_denial_of_all_others_and_no_permission(
    tmp_path: Path, authorizer: str, allowed: list[str]
) -> None:
    networks = ["192.0.2.0/24", "2001:db8::/32"]
    given = {"stage": "dev", "protect_data": False, "authorizer": authorizer}
    settings = Settings.model_validate(given | {"caller_networks": networks})
    template = Template(unbundled(settings, tmp_path).template())
    [api] = template.properties("AWS::ApiGateway::RestApi")
    denial, *others = api["Policy"]["Statement"]
    assert denial == {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": networks}},
    }
    assert [other["Effect"] for other in others] == allowed


def test_no_stage_has_a_resource_policy_unless_asked_to(template: Template) -> None:
    [api] = template.properties("AWS::ApiGateway::RestApi")
    assert "Policy" not in api


def test_an_open_stage_says_so_in_its_stack(templates: Mapping[str, Template]) -> None:
    descriptions = {name: one.body.get("Description") for name, one in templates.items()}
    assert descriptions == {"dev": OPEN_WARNING, "staging": None, "prod": None}
    outputs = {name: one.body["Outputs"]["Authorizer"]["Value"] for name, one in templates.items()}
    assert outputs == {"dev": "none", "staging": "iam", "prod": "iam"}
