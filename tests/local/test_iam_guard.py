"""The guard against a role's policies: which action a call needs, who may, what was used."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.aws import LocalAws
from infra.local.iam_actions import Access, UnknownOperationError, accesses
from infra.local.iam_guard import Guard, is_allowed
from infra.local.iam_usage import Grant, GuardReport, Usage
from infra.local.key_use import key_uses
from infra.local.resources import Role, Statement

LOG = "arn:aws:dynamodb:ddblocal:000000000000:table/log"
BUCKET = "arn:aws:s3:::parking"
KEY = "arn:aws:kms:eu-central-1:000000000000:key/Key"
NO_KEYS: Mapping[str, str] = {}
STREAM = f"{LOG}/stream/2026-11-23T10:00:00.000"
DYNAMODB, STREAMS = "DynamoDB", "DynamoDB Streams"


def partiql(text: str) -> dict[str, Any]:
    return {"Statement": text}


NEEDS: list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = [
    (DYNAMODB, "GetItem", {"TableName": "log"}, [("GetItem", LOG)]),
    (DYNAMODB, "PutItem", {"TableName": "log"}, [("PutItem", LOG)]),
    (DYNAMODB, "Query", {"TableName": "log"}, [("Query", LOG)]),
    (DYNAMODB, "Scan", {"TableName": "log", "IndexName": "i"}, [("Scan", f"{LOG}/index/i")]),
    (DYNAMODB, "BatchGetItem", {"RequestItems": {"log": {}}}, [("BatchGetItem", LOG)]),
    (DYNAMODB, "BatchWriteItem", {"RequestItems": {"log": []}}, [("BatchWriteItem", LOG)]),
    (
        DYNAMODB,
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {"TableName": "log"}},
                {"ConditionCheck": {"TableName": "log"}},
            ]
        },
        [("PutItem", LOG), ("ConditionCheckItem", LOG)],
    ),
    (
        DYNAMODB,
        "ExecuteStatement",
        partiql("INSERT INTO \"log\" VALUE {'id': ?}"),
        [("PartiQLInsert", LOG)],
    ),
    (DYNAMODB, "ExecuteStatement", partiql("insert  into log value {}"), [("PartiQLInsert", LOG)]),
    (
        DYNAMODB,
        "ExecuteStatement",
        partiql('SELECT a,\n b FROM "log"."i"'),
        [("PartiQLSelect", f"{LOG}/index/i")],
    ),
    (DYNAMODB, "ExecuteStatement", partiql('UPDATE "log" SET a=1'), [("PartiQLUpdate", LOG)]),
    (
        DYNAMODB,
        "BatchExecuteStatement",
        {"Statements": [partiql('DELETE FROM "log"'), partiql('SELECT * FROM "log"')]},
        [("PartiQLDelete", LOG), ("PartiQLSelect", LOG)],
    ),
    (
        DYNAMODB,
        "ExecuteTransaction",
        {"TransactStatements": [partiql('UPDATE "log" SET a=1')]},
        [("PartiQLUpdate", LOG)],
    ),
    (STREAMS, "DescribeStream", {"StreamArn": STREAM}, [("DescribeStream", STREAM)]),
    (STREAMS, "GetShardIterator", {"StreamArn": STREAM}, [("GetShardIterator", STREAM)]),
    (STREAMS, "GetRecords", {"ShardIterator": f"{STREAM}|001|eA=="}, [("GetRecords", STREAM)]),
    (STREAMS, "ListStreams", {}, [("ListStreams", "*")]),
]


def needed(service: str, operation: str, parameters: dict[str, Any]) -> list[Access]:
    return accesses(service, operation, parameters, table_arn={"log": LOG}.__getitem__)


@pytest.mark.parametrize(("service", "operation", "parameters", "expected"), NEEDS)
def test_a_call_needs_the_actions_that_iam_names(
    service: str, operation: str, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    wanted = [Access(f"dynamodb:{action}", resource) for action, resource in expected]
    assert needed(service, operation, parameters) == wanted


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        (DYNAMODB, "DeleteTable", {"TableName": "log"}),
        (DYNAMODB, "ExecuteStatement", partiql("CREATE TABLE log")),
        (DYNAMODB, "BatchGetItem", {"RequestItems": {}}),
        ("SQS", "SendMessage", {}),
    ],
)
def test_an_operation_that_is_not_known_is_refused(
    service: str, operation: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(UnknownOperationError):
        needed(service, operation, parameters)


def role(*statements: Statement) -> Role:
    return Role("role", "arn:aws:iam::000000000000:role/role", statements)


def allow(action: str, resource: str = LOG) -> Statement:
    return Statement("Allow", (action,), (resource,))


def deny(action: str, resource: str = LOG) -> Statement:
    return Statement("Deny", (action,), (resource,))


GET = Access("dynamodb:GetItem", LOG)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], False),
        ([allow("dynamodb:GetItem")], True),
        ([allow("DynamoDB:getitem")], True),
        ([allow("dynamodb:Get*")], True),
        ([allow("dynamodb:GetIte?")], True),
        ([allow("*", "*")], True),
        ([allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/l*")], True),
        ([allow("dynamodb:GetItem", f"{LOG}/index/*")], False),
        ([allow("dynamodb:GetItem", LOG.upper())], False),
        ([allow("dynamodb:Get")], False),
        ([allow("dynamodb:PutItem")], False),
        ([allow("*", "*"), deny("dynamodb:GetItem")], False),
        ([deny("dynamodb:PutItem"), allow("dynamodb:GetItem")], True),
    ],
)
def test_policies_are_evaluated_as_iam_does(statements: list[Statement], expected: bool) -> None:
    assert is_allowed(statements, GET) is expected


@pytest.fixture
def client(dynamodb_local: str) -> Iterator[Any]:
    client = LocalAws(dynamodb_local, "", "eu-central-1").client("dynamodb")
    with closing(client):
        yield client


def watch(client: Any, *statements: Statement, keys: Mapping[str, str] = NO_KEYS) -> Usage:
    """Let the client speak for a role with these statements."""
    speaker = replace(role(*statements), keys=keys)
    usage = Usage([speaker])
    guard = Guard(
        speaker,
        session="function",
        arns={"log": LOG},
        record=lambda access, allowed: usage.record(speaker, access, allowed),
    )
    guard.watch(client.meta.events)
    return usage


def test_a_call_that_is_not_granted_fails_as_on_aws(client: Any) -> None:
    watch(client, allow("dynamodb:GetItem"))
    with pytest.raises(ClientError) as denied:
        client.put_item(TableName="log", Item={"id": {"S": "1"}})
    error = denied.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"] == (
        "User: arn:aws:sts::000000000000:assumed-role/role/function is not authorized to perform:"
        f" dynamodb:PutItem on resource: {LOG} because no identity-based policy allows the"
        " dynamodb:PutItem action"
    )


@pytest.mark.parametrize(
    ("via", "expected"),
    [("dynamodb", "ResourceNotFoundException"), ("s3", "AccessDeniedException")],
)
def test_what_is_encrypted_is_used_through_its_key(client: Any, via: str, expected: str) -> None:
    use = Statement("Allow", ("kms:Decrypt",), (KEY,), via)
    usage = watch(client, allow("dynamodb:GetItem"), use, keys={LOG: KEY})
    with pytest.raises(ClientError) as failed:
        client.get_item(TableName="log", Key={"id": {"S": "1"}})
    assert failed.value.response["Error"]["Code"] == expected
    denied = [Grant("role", "kms:Decrypt", KEY)] if via == "s3" else []
    assert usage.report() == GuardReport(refused=denied, unused=denied)


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("dynamodb:PartiQLInsert", LOG, [("kms:Decrypt", "dynamodb")]),
        ("dynamodb:Query", f"{LOG}/index/i", [("kms:Decrypt", "dynamodb")]),
        ("dynamodb:GetRecords", STREAM, [("kms:Decrypt", "dynamodb")]),
        ("dynamodb:DescribeStream", STREAM, []),
        ("dynamodb:GetItem", f"{LOG}2", []),
        ("s3:GetObject", f"{BUCKET}/key", [("kms:Decrypt", "s3")]),
        ("s3:PutObject", f"{BUCKET}/key", [("kms:GenerateDataKey", "s3")]),
        ("s3:ListBucket", BUCKET, []),
    ],
)
def test_services_use_a_key_as_they_do_on_aws(
    action: str, resource: str, expected: list[tuple[str, str]]
) -> None:
    wanted = [Access(use, KEY, via) for use, via in expected]
    assert wanted == list(key_uses(Access(action, resource), {LOG: KEY, BUCKET: KEY}))


def test_a_call_that_the_guard_does_not_know_is_denied(client: Any) -> None:
    watch(client, allow("*", "*"))
    with pytest.raises(ClientError, match=r"not authorized to perform: DynamoDB:DeleteTable"):
        client.delete_table(TableName="log")


def test_a_granted_call_reaches_the_engine(client: Any) -> None:
    watch(client, allow("dynamodb:GetItem"))
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_item(TableName="log", Key={"id": {"S": "1"}})


def test_the_report_names_what_was_refused_and_what_was_never_used(client: Any) -> None:
    usage = watch(client, allow("dynamodb:GetItem"), allow("dynamodb:Query"), deny("dynamodb:Scan"))
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_item(TableName="log", Key={"id": {"S": "1"}})
    with pytest.raises(ClientError):
        client.scan(TableName="log")
    assert usage.report() == GuardReport(
        refused=[Grant("role", "dynamodb:Scan", LOG)],
        unused=[Grant("role", "dynamodb:Query", LOG)],
    )
