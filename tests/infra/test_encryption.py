"""A stage with a key of its own: what it encrypts, and who may use it for what."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.settings import Settings, load
from infra.stack import BY_TYPE_PROJECTOR, BY_TYPE_REPLAY, READ, WRITE
from tests.infra.template import Template, listed
from tests.infra.variants import unbundled

KEY = {"Fn::GetAtt": ["Key", "Arn"]}
DECRYPT_TABLES = ("kms:Decrypt", "dynamodb")


def settings(stage: str) -> Settings:
    return load(stage=stage, context={"encryption": "customer-managed"}, environ={})


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Template:
    out = tmp_path_factory.mktemp("encrypted")
    return Template(unbundled(settings("prod"), out).template())


def test_without_the_option_there_is_no_key(template: Template) -> None:
    assert "AWS::KMS::" not in json.dumps(template.body)
    assert "kms:" not in json.dumps(template.body)


def test_tables_buckets_logs_and_alarms_are_encrypted_with_it(encrypted: Template) -> None:
    for table in encrypted.properties("AWS::DynamoDB::Table"):
        expected = {"KMSMasterKeyId": KEY, "SSEEnabled": True, "SSEType": "KMS"}
        assert expected == table["SSESpecification"]
    for bucket in encrypted.properties("AWS::S3::Bucket"):
        [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        default = {"KMSMasterKeyID": KEY, "SSEAlgorithm": "aws:kms"}
        assert rule == {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": default}
    for group in encrypted.properties("AWS::Logs::LogGroup"):
        assert group["KmsKeyId"] == KEY
    for topic in encrypted.properties("AWS::SNS::Topic"):
        assert topic["KmsMasterKeyId"] == KEY


@pytest.mark.parametrize(("stage", "policy"), [("prod", "Retain"), ("dev", "Delete")])
def test_it_is_rotated_and_lives_as_long_as_the_data(
    encrypted: Template, tmp_path: Any, stage: str, policy: str
) -> None:
    template = encrypted
    if stage == "dev":
        template = Template(unbundled(settings(stage), tmp_path).template())
    [key] = template.of_type("AWS::KMS::Key").values()
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == (policy, policy)
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["PendingWindowInDays"] == 30
    assert not template.of_type("AWS::KMS::Alias")


def test_its_policy_lets_services_use_it_for_this_stack_alone(encrypted: Template) -> None:
    account, logs, alarms = key_policy(encrypted)
    assert "root" in json.dumps(account["Principal"])
    assert account["Action"] == "kms:*"
    assert "logs." in json.dumps(logs["Principal"]["Service"])
    [(operator, condition)] = logs["Condition"].items()
    [(name, groups)] = condition.items()
    assert (operator, name) == ("ArnLike", "kms:EncryptionContext:aws:logs:arn")
    start = "arn:AWS::Partition:logs:AWS::Region:AWS::AccountId:log-group:"
    assert [encrypted.named(group) for group in groups] == [
        f"{start}AWS::StackName-*",
        f"{start}aws-waf-logs-AWS::StackName-*",
    ]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (WRITE, {DECRYPT_TABLES}),
        (READ, {DECRYPT_TABLES}),
        (BY_TYPE_PROJECTOR, {DECRYPT_TABLES, ("kms:GenerateDataKey", "s3")}),
        (
            BY_TYPE_REPLAY,
            {DECRYPT_TABLES, ("kms:GenerateDataKey", "s3"), ("kms:Decrypt", "s3")},
        ),
    ],
)
def test_a_role_uses_it_through_the_services_that_it_calls_alone(
    encrypted: Template, handler: str, expected: set[tuple[str, str]]
) -> None:
    role = encrypted.functions()[handler]["Role"]["Fn::GetAtt"][0]
    assert expected == {use for name, use in key_uses(encrypted) if name == role}


def test_but_for_the_key_a_role_may_do_what_it_may_without_it(
    encrypted: Template, template: Template
) -> None:
    besides = {grant for _, grant in encrypted.role_grants() if not grant[0].startswith("kms:")}
    assert besides == {grant for _, grant in template.role_grants()}


def test_exports_are_encrypted_with_it_too(encrypted: Template) -> None:
    [machine] = encrypted.properties("AWS::StepFunctions::StateMachine")
    asked = json.loads(machine["DefinitionString"])["States"]["Export"]["Parameters"]
    assert (asked["S3SseAlgorithm"], asked["S3SseKmsKeyId"]) == ("KMS", "${KeyArn}")
    assert machine["DefinitionSubstitutions"]["KeyArn"] == KEY


def key_policy(template: Template) -> list[dict[str, Any]]:
    [key] = template.properties("AWS::KMS::Key")
    statements: list[dict[str, Any]] = key["KeyPolicy"]["Statement"]
    assert {"Allow"} == {statement["Effect"] for statement in statements}
    return statements


def key_uses(template: Template) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each action that a role may do with the key, and through which service."""
    for policy in template.properties("AWS::IAM::Policy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            for action in listed(statement["Action"]):
                if action.startswith("kms:"):
                    assert statement["Resource"] == KEY
                    [(operator, condition)] = statement["Condition"].items()
                    [(name, service)] = condition.items()
                    assert (operator, name) == ("StringEquals", "kms:ViaService")
                    via = template.named(service)
                    for role in policy["Roles"]:
                        yield role["Ref"], (action, via.removesuffix(".AWS::Region.AWS::URLSuffix"))
