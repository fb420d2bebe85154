"""What a stage keeps of each request, and who may write it down."""

import json
import re
from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from infra.account.app import synthesize
from infra.account.settings import AccountSettings, load
from infra.settings import load as load_stage
from tests.infra.template import Template

PRINCIPALS = {
    "dev": "-",
    "staging": "$context.identity.userArn",
    "prod": "$context.identity.userArn",
}
OF_THE_CALLER = ("path", "header", "query", "body", "apiKey", "userAgent", "authorizer.claims")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Template:
    out = tmp_path_factory.mktemp("account")
    synthesize(AccountSettings(), out=str(out))
    [file] = out.glob("*.template.json")
    return Template(json.loads(file.read_text()))


def test_each_request_leaves_one_line_of_json(templates: Mapping[str, Template]) -> None:
    for stage, template in templates.items():
        [properties] = template.properties("AWS::ApiGateway::Stage")
        text = properties["AccessLogSetting"]["Format"]
        assert "\n" not in text
        line = json.loads(text)
        assert line["principal"] == PRINCIPALS[stage]
        assert line["requestId"] == "$context.requestId"
        assert {"ip", "method", "route", "status", "responseLength", "waf", "apiKeyId"} <= set(line)
        assert line["integrationLatency"] == "$context.integration.latency"


def test_nothing_of_it_is_what_the_caller_sent(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        [properties] = template.properties("AWS::ApiGateway::Stage")
        named = re.findall(r"\$context\.([\w.]+)", properties["AccessLogSetting"]["Format"])
        assert len(named) > 10
        told = {name for name in named if name.rpartition(".")[2] in OF_THE_CALLER}
        assert not told
        assert not [name for name in named if name.startswith(("authorizer.claims.", "identity.c"))]


def test_it_goes_to_a_log_group_that_is_kept_as_long_as_the_stage_says(
    templates: Mapping[str, Template],
) -> None:
    for stage, template in templates.items():
        [properties] = template.properties("AWS::ApiGateway::Stage")
        group = properties["AccessLogSetting"]["DestinationArn"]["Fn::GetAtt"][0]
        kept = template.of_type("AWS::Logs::LogGroup")[group]["Properties"]["RetentionInDays"]
        assert kept == load_stage(stage=stage, environ={}).log_retention_days


def test_no_stage_writes_an_execution_log(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        [properties] = template.properties("AWS::ApiGateway::Stage")
        assert {
            (one["LoggingLevel"], one["DataTraceEnabled"]) for one in properties["MethodSettings"]
        } == {("OFF", False)}


def test_no_stage_touches_the_accounts_role(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        assert not template.of_type("AWS::ApiGateway::Account")


def test_the_accounts_role_is_api_gateways_alone_and_outlives_the_stack(account: Template) -> None:
    [(id, role)] = account.of_type("AWS::IAM::Role").items()
    [statement] = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
    [policy] = role["Properties"]["ManagedPolicyArns"]
    assert str(policy).endswith("/AmazonAPIGatewayPushToCloudWatchLogs']]}")
    [setting] = account.of_type("AWS::ApiGateway::Account").values()
    assert setting["Properties"] == {"CloudWatchRoleArn": {"Fn::GetAtt": [id, "Arn"]}}
    assert role["DeletionPolicy"] == setting["DeletionPolicy"] == "Retain"
    assert set(account.body["Resources"]) == {id, *account.of_type("AWS::ApiGateway::Account")}


def test_the_accounts_stack_is_called_after_the_project() -> None:
    assert load({"PROJECT": "orders", "AWS_REGION": "eu-central-1"}) == AccountSettings(
        project="orders", region="eu-central-1"
    )
    assert load({"PROJECT": "", "AWS_REGION": ""}) == AccountSettings()
    with pytest.raises(ValidationError, match="region"):
        load({"AWS_REGION": "here"})
