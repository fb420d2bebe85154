"""A stage whose callers bear a user pool's tokens, by the template."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from infra.local.errors import LocalStackError
from infra.local.stack import running
from infra.settings import STAGES, Settings
from tests.infra.template import Template
from tests.infra.variants import unbundled

POOL = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_abc"


def given(stage: str, **cognito: str) -> dict[str, Any]:
    return STAGES[stage].model_dump() | {"authorizer": "cognito", "cognito": cognito}


def synthesized(folder: Path, given: dict[str, Any]) -> Template:
    return Template(unbundled(Settings.model_validate(given), folder).template())


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return synthesized(tmp_path_factory.mktemp("cognito"), given("prod"))


def test_writing_and_reading_take_a_scope_of_their_own(template: Template) -> None:
    [id] = template.of_type("AWS::ApiGateway::Authorizer")
    methods = template.methods()
    for method in methods:
        assert method["AuthorizationType"] == "COGNITO_USER_POOLS"
        assert method["AuthorizerId"] == {"Ref": id}
    scopes = {(method["HttpMethod"], *method["AuthorizationScopes"]) for method in methods}
    assert scopes == {
        ("POST", "events/write"),
        *((method, "events/read") for method in ("GET", "HEAD", "ANY")),
        *((method, "events/search") for method in ("GET", "HEAD", "ANY")),
    }
    [server] = template.properties("AWS::Cognito::UserPoolResourceServer")
    known = {f"{server['Identifier']}/{one['ScopeName']}" for one in server["Scopes"]}
    assert known == {"events/write", "events/read", "events/search"}


def test_its_own_pool_is_kept_like_data_and_lets_nobody_sign_up(template: Template) -> None:
    [pool] = template.of_type("AWS::Cognito::UserPool").values()
    properties = pool["Properties"]
    assert (pool["DeletionPolicy"], properties["DeletionProtection"]) == ("Retain", "ACTIVE")
    assert properties["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert properties["Policies"]["PasswordPolicy"]["MinimumLength"] >= 14
    assert "UserPoolName" not in properties
    assert "UserPoolId" in template.body["Outputs"]


def test_a_pool_that_is_there_is_asked_and_left_alone(tmp_path: Path) -> None:
    template = synthesized(tmp_path, given("dev", user_pool_arn=POOL))
    [authorizer] = template.properties("AWS::ApiGateway::Authorizer")
    assert POOL.rpartition("/")[2] in str(authorizer["ProviderARNs"])
    assert not template.of_type("AWS::Cognito::UserPool")
    assert not template.of_type("AWS::Cognito::UserPoolResourceServer")


def test_what_is_no_pool_is_refused() -> None:
    with pytest.raises(ValidationError, match="user_pool_arn"):
        Settings.model_validate(given("prod", user_pool_arn="arn:aws:s3:::bucket"))
    with pytest.raises(ValidationError, match="need each other"):
        Settings.model_validate(given("prod") | {"cognito": None})


def test_the_local_run_says_that_it_has_no_cognito(tmp_path: Path) -> None:
    settings = Settings.model_validate(given("dev"))
    with (
        pytest.raises(LocalStackError, match=r"dev asks Cognito.*another authorizer"),
        running(settings, port=0, data=tmp_path),
    ):
        pass
