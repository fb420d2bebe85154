"""What the local stack reads out of a template, and what it refuses to pass over."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.local.custom_resources import CustomResource
from infra.local.intrinsics import Resolver, TemplateError
from infra.local.resources import GatewayResponse, Policy, Route, Statement
from infra.local.template import Template, load

ARN = "arn:aws:dynamodb:ddblocal:000000000000:table/Log"
STACK_ID = "arn:aws:cloudformation:eu-central-1:000000000000:stack/app/1"


def sub(text: str) -> dict[str, str]:
    return {"Fn::Sub": text}


def method(verb: str, resource: Any) -> dict[str, Any]:
    uri = [
        "arn:aws:apigateway:x:lambda:path/2015-03-31/functions/",
        {"Fn::GetAtt": ["Write", "Arn"]},
        "/invocations",
    ]
    return {
        "Type": "AWS::ApiGateway::Method",
        "Properties": {
            "AuthorizationType": "NONE",
            "HttpMethod": verb,
            "ResourceId": resource,
            "RestApiId": {"Ref": "Api"},
            "Integration": {"Type": "AWS_PROXY", "Uri": {"Fn::Join": ["", uri]}},
        },
    }


def part(name: str, parent: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGateway::Resource",
        "Properties": {"PathPart": name, "ParentId": parent, "RestApiId": {"Ref": "Api"}},
    }


RESOURCES: dict[str, Any] = {
    "Log": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
            "DeletionProtectionEnabled": True,
        },
    },
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
    "Policy": {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "Roles": [{"Ref": "Role"}],
            "PolicyDocument": {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "dynamodb:Query",
                        "Resource": [
                            {"Fn::GetAtt": ["Log", "Arn"]},
                            {"Fn::Join": ["", [{"Fn::GetAtt": ["Log", "Arn"]}, "/index/*"]]},
                        ],
                    }
                ]
            },
        },
    },
    "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}},
    "Write": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"S3Bucket": sub("assets-${AWS::AccountId}")},
            "Handler": "api.write.handler",
            "Timeout": 28,
            "MemorySize": 512,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Environment": {"Variables": {"TABLE": {"Ref": "Log"}, "KEY": {"Ref": "AWS::StackId"}}},
            "LoggingConfig": {"LogGroup": {"Ref": "Logs"}},
        },
    },
    "Mapping": {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": {"Fn::GetAtt": ["Log", "StreamArn"]},
            "FunctionName": {"Ref": "Write"},
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": 7,
        },
    },
    "Api": {
        "Type": "AWS::ApiGateway::RestApi",
        "Properties": {"BinaryMediaTypes": ["*/*"], "Name": "app"},
    },
    "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": {"StageName": "dev"}},
    "Events": part("events", {"Fn::GetAtt": ["Api", "RootResourceId"]}),
    "Event": part("{id}", {"Ref": "Events"}),
    "PostEvents": method("POST", {"Ref": "Events"}),
    "GetEvent": method("GET", {"Ref": "Event"}),
    "TooLarge": {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "ResponseType": "REQUEST_TOO_LARGE",
            "StatusCode": "413",
            "ResponseTemplates": {"application/json": "{}"},
            "ResponseParameters": {"gatewayresponse.header.Retry-After": "'1'"},
        },
    },
}


def template(**changes: Any) -> Template:
    """The template above with some resources replaced, its tables created."""
    resources = copy.deepcopy(RESOURCES) | changes
    made = Template("app", resources, {"Name": {"Value": {"Ref": "Log"}}}, "eu-central-1", STACK_ID)
    return replace(made, table_arns={"Log": {"Arn": ARN, "StreamArn": f"{ARN}/stream/1"}})


def changed(logical_id: str, **properties: Any) -> dict[str, Any]:
    resource = copy.deepcopy(RESOURCES[logical_id])
    resource["Properties"] |= properties
    return {logical_id: resource}


def test_a_table_is_read_as_the_arguments_of_create_table() -> None:
    [table] = template().tables()
    assert (table.name, table.ttl) == ("Log", "expires")
    assert table.create == {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    }


def test_a_function_comes_with_its_environment_role_and_log_group() -> None:
    [function] = template().functions()
    assert (function.name, function.handler) == ("Write", "api.write.handler")
    assert (function.timeout, function.memory) == (28, 512)
    assert function.environment == {"TABLE": "Log", "KEY": STACK_ID}
    assert function.log_group == "/aws/lambda/Logs"
    assert function.role.arn == "arn:aws:iam::000000000000:role/Role"
    assert function.role.statements == (
        Statement("Allow", ("dynamodb:Query",), (ARN, f"{ARN}/index/*")),
    )


def test_policies_of_other_roles_are_not_the_functions() -> None:
    policy = changed("Policy", Roles=["Other"])
    [function] = template(**policy).functions()
    assert function.role.statements == ()


def test_a_managed_policy_is_one_that_nobody_has_yet() -> None:
    statement = {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": sub("${Stage}/POST"),
    }
    policy = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"PolicyDocument": {"Statement": [statement]}},
    }
    allow = Statement("Allow", ("execute-api:Invoke",), ("dev/POST",))
    assert template(Writer=policy).managed_policies() == [Policy("Writer", (allow,))]
    attached = {**policy["Properties"], "Roles": ["Role"]}  # type: ignore[dict-item]
    with pytest.raises(TemplateError, match="Writer sets Roles"):
        template(Writer={**policy, "Properties": attached}).managed_policies()


def test_a_mapping_follows_the_stream_that_the_engine_reports() -> None:
    [mapping] = template().mappings()
    assert (mapping.name, mapping.function_name) == ("Mapping", "Write")
    assert (mapping.stream_arn, mapping.batch_size) == (f"{ARN}/stream/1", 7)


def test_routes_have_their_whole_path() -> None:
    api = template().api()
    assert api.stage == "dev"
    assert api.binary_media_types == ("*/*",)
    assert set(api.routes) == {
        Route("POST", "/events", "Events", "Write"),
        Route("GET", "/events/{id}", "Event", "Write"),
    }
    assert api.responses == {
        "REQUEST_TOO_LARGE": GatewayResponse(413, {"application/json": "{}"}, {"Retry-After": "1"})
    }


ENGINES = {
    "AWS::OpenSearchService::Domain": ("DomainEndpoint", "es", "domain/search"),
    "AWS::OpenSearchServerless::Collection": ("CollectionEndpoint", "aoss", "collection/Search"),
}


@pytest.mark.parametrize("kind", ENGINES)
def test_a_search_engine_is_the_one_of_this_machine(kind: str) -> None:
    attribute, service, name = ENGINES[kind]
    setup = {
        "Type": "Custom::SearchSetup",
        "Properties": {
            "ServiceToken": {"Fn::GetAtt": ["Write", "Arn"]},
            "Endpoint": {"Fn::GetAtt": ["Search", attribute]},
        },
    }
    read = replace(template(Search={"Type": kind}, Setup=setup), search_address="http://here")
    [resource] = read.custom_resources()
    assert read.search_arn() == f"arn:aws:{service}:eu-central-1:000000000000:{name}"
    arn = "arn:aws:lambda:eu-central-1:000000000000:function:Write"
    properties = {"ServiceToken": arn, "Endpoint": "http://here"}
    assert resource == CustomResource("Setup", "Custom::SearchSetup", properties)
    assert resource.function == "Write"


def test_without_a_search_engine_there_is_none() -> None:
    assert template().search_arn() is None


def test_several_search_engines_are_refused() -> None:
    domain = {"Type": "AWS::OpenSearchService::Domain"}
    with pytest.raises(TemplateError, match="A and B are several search engines"):
        template(A=domain, B=domain).search_arn()


def test_outputs_are_resolved() -> None:
    assert template().output("Name") == "Log"


def test_a_cloud_assembly_is_loaded_through_its_manifest(tmp_path: Path) -> None:
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "app.json"}}
    artifacts = {"app.assets": {"type": "cdk:asset-manifest"}, "app": stack}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    code = {"S3Bucket": sub("assets-${AWS::AccountId}"), "S3Key": "1.zip"}
    resources = RESOURCES | changed("Write", Code=code)
    (tmp_path / "app.json").write_text(json.dumps({"Resources": resources}))
    asset = {"source": {"path": "asset.1"}, "destinations": {"here": {"objectKey": "1.zip"}}}
    (tmp_path / "app.assets.json").write_text(json.dumps({"files": {"1": asset}}))
    loaded = load(tmp_path, region="eu-central-1", stack_id=STACK_ID)
    assert loaded.name == "app"
    assert [table.name for table in loaded.tables()] == ["Log"]
    [write] = replace(loaded, table_arns={"Log": {"Arn": ARN}}).functions()
    assert write.code == tmp_path / "asset.1"


MANAGED = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/x"]}
CONDITIONAL = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {}}}
UNSUPPORTED: dict[str, tuple[dict[str, Any], str]] = {
    "type": ({"Queue": {"Type": "AWS::SQS::Queue"}}, "Queue is a AWS::SQS::Queue"),
    "condition": ({"Log": {**RESOURCES["Log"], "Condition": "IsProd"}}, "Log has a condition"),
    "table": (changed("Log", LocalSecondaryIndexes=[]), "Log sets LocalSecondaryIndexes"),
    "function": (changed("Write", Layers=["x"]), "Write sets Layers"),
    "managed policy": (changed("Role", **MANAGED), "Role has managed policies"),
    "policy condition": (
        changed("Policy", PolicyDocument={"Statement": [CONDITIONAL]}),
        "a policy statement has the condition",
    ),
    "authorization": (
        changed("GetEvent", AuthorizationType="COGNITO_USER_POOLS"),
        "has the authorization COGNITO_USER_POOLS",
    ),
    "authorizer": (
        {"User": {"Type": "AWS::ApiGateway::Authorizer", "Properties": {"Type": "REQUEST"}}},
        "User is no Lambda authorizer of a token",
    ),
    "resource policy": (changed("Api", Policy={}), "Api has a resource policy"),
    "integration": (changed("GetEvent", Integration={"Type": "MOCK"}), "GetEvent is no Lambda"),
    "request validation": (changed("GetEvent", RequestValidatorId="x"), "sets RequestValidatorId"),
    "mapped header": (
        changed("TooLarge", ResponseParameters={"gatewayresponse.header.X": "method.header.Y"}),
        "REQUEST_TOO_LARGE maps parameters",
    ),
}


@pytest.mark.parametrize("what", UNSUPPORTED)
def test_what_is_not_run_here_is_refused_by_name(what: str) -> None:
    resources, message = UNSUPPORTED[what]
    with pytest.raises(TemplateError, match=message):
        read_all(template(**resources))


def read_all(given: Template) -> None:
    given.tables()
    given.functions()
    given.api()


RESOLVED: dict[str, tuple[Any, Any]] = {
    "Ref": ({"Ref": "Name"}, "value"),
    "GetAtt": ({"Fn::GetAtt": ["Thing", "Arn"]}, "arn:Thing"),
    "GetAtt as text": ({"Fn::GetAtt": "Thing.Arn"}, "arn:Thing"),
    "Join": ({"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}, "a-value"),
    "Sub": (sub("${Name}/${Thing.Arn}/${!Literal}"), "value/arn:Thing/${Literal}"),
    "Sub with variables": ({"Fn::Sub": ["${x}-${Name}", {"x": {"Ref": "Name"}}]}, "value-value"),
    "Select and Split": ({"Fn::Select": [1, {"Fn::Split": ["l", {"Ref": "Name"}]}]}, "ue"),
    "nested": ([{"a": {"Ref": "Name"}, "b": 1}], [{"a": "value", "b": 1}]),
}


def resolver() -> Resolver:
    known = {("Thing", "Arn"): "arn:Thing"}
    return Resolver({"Name": "value"}, lambda id, attribute: known.get((id, attribute)))


@pytest.mark.parametrize("function", RESOLVED)
def test_intrinsic_functions_are_resolved(function: str) -> None:
    given, expected = RESOLVED[function]
    assert resolver().resolve(given) == expected


@pytest.mark.parametrize(
    "given", [{"Ref": "No"}, {"Fn::GetAtt": ["Thing", "No"]}, {"Fn::If": ["a", 1, 2]}, sub("${No}")]
)
def test_what_cannot_be_resolved_is_an_error(given: Any) -> None:
    with pytest.raises(TemplateError):
        resolver().resolve(given)
