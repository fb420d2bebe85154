"""A stage that scripts of other origins may call, by the template."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from domain import config
from infra.edge_settings import EdgeSettings
from infra.settings import STAGES, Settings
from infra.stack import READ, WRITE
from tests.infra.template import Template
from tests.infra.variants import unbundled

APP, OTHER = "https://app.example.com", "http://localhost:5173"
HEADER = "gatewayresponse.header.Access-Control-Allow-Origin"
JWT = {"issuer": "https://issuer.test/", "audience": "event-log"}
THROTTLE = {"requests_per_second": 1, "burst": 1}
PRODUCERS = {"names": ["shop"], "write": THROTTLE, "read": THROTTLE}


def synthesized(folder: Path, *origins: str) -> Template:
    """A stage whose methods ask for a token and a key."""
    edge = {"allowed_origins": origins, "producers": PRODUCERS}
    given = STAGES["prod"].model_dump() | {"authorizer": "jwt", "jwt": JWT, "edge": edge}
    return Template(unbundled(Settings.model_validate(given), folder).template())


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return synthesized(tmp_path_factory.mktemp("browsers"), APP)


def test_no_stage_is_open_to_other_origins(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        assert not [method for method, _ in template.routes() if method == "OPTIONS"]
        for handler in (READ, WRITE):
            variables = template.functions()[handler]["Environment"]["Variables"]
            assert variables[config.ALLOWED_ORIGINS] == ""
        for answer in template.properties("AWS::ApiGateway::GatewayResponse"):
            assert HEADER not in answer.get("ResponseParameters", {})


def test_preflight_requests_are_answered_without_token_and_key_and_nothing_else_is(
    shared: Template,
) -> None:
    preflight = {path: to for (method, path), to in shared.routes().items() if method == "OPTIONS"}
    assert preflight == dict.fromkeys(("/events", "/events/{id}", "/search", "/types"), READ)
    for method in shared.methods():
        asks = (method["AuthorizationType"], method["ApiKeyRequired"], "AuthorizerId" in method)
        open_to_all = method["HttpMethod"] == "OPTIONS"
        assert asks == (("NONE", False, False) if open_to_all else ("CUSTOM", True, True))


def test_the_functions_know_the_origins(shared: Template) -> None:
    for handler in (READ, WRITE):
        variables = shared.functions()[handler]["Environment"]["Variables"]
        assert variables[config.ALLOWED_ORIGINS] == APP


def test_api_gateways_own_answers_name_the_one_origin(shared: Template) -> None:
    for answer in shared.properties("AWS::ApiGateway::GatewayResponse"):
        assert answer["ResponseParameters"][HEADER] == f"'{APP}'"
        assert answer["ResponseParameters"]["gatewayresponse.header.Vary"] == "'Origin'"
    answers = shared.properties("AWS::ApiGateway::GatewayResponse")
    [refusal] = [one for one in answers if one["ResponseType"] == "UNAUTHORIZED"]
    assert "gatewayresponse.header.WWW-Authenticate" in refusal["ResponseParameters"]


def test_of_several_origins_they_name_none(tmp_path: Path) -> None:
    template = synthesized(tmp_path, APP, OTHER)
    for answer in template.properties("AWS::ApiGateway::GatewayResponse"):
        assert HEADER not in answer.get("ResponseParameters", {})
    variables = template.functions()[WRITE]["Environment"]["Variables"]
    assert variables[config.ALLOWED_ORIGINS] == f"{APP} {OTHER}"


@pytest.mark.parametrize(
    "origin",
    ["*", "https://*.example.com", "http://app.example.com", f"{APP}/", "null", "app.example.com"],
)
def test_only_exact_origins_over_tls_can_be_named(origin: str) -> None:
    given: dict[str, Any] = {"allowed_origins": [origin]}
    with pytest.raises(ValidationError, match="allowed_origins"):
        EdgeSettings.model_validate(given)
