"""The deployed state machine: what it runs, on what, and what its role may do."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from infra.settings import load
from infra.stack import BY_TYPE_REPLAY
from tests.infra.template import Template

EXECUTIONS = "arn:AWS::Partition:states:AWS::Region:AWS::AccountId:execution"


@pytest.fixture
def machine(template: Template) -> dict[str, Any]:
    [machine] = template.properties("AWS::StepFunctions::StateMachine")
    return machine


def test_its_role_may_export_replay_and_map_and_nothing_else(
    template: Template, machine: dict[str, Any]
) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    and .../amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
    """
    role = machine["RoleArn"]["Fn::GetAtt"][0]
    assert {grant for name, grant in template.role_grants() if name == role} == {
        ("dynamodb:ExportTableToPointInTime", "log"),
        ("dynamodb:DescribeExport", "log/export/*"),
        ("s3:AbortMultipartUpload", "exports/exports/*"),
        ("s3:PutObject", "exports/exports/*"),
        ("s3:PutObjectAcl", "exports/exports/*"),
        ("lambda:InvokeFunction", BY_TYPE_REPLAY),
        ("s3:ListBucket", "exports"),
        ("s3:AbortMultipartUpload", "exports/results/*"),
        ("s3:GetObject", "exports/results/*"),
        ("s3:ListMultipartUploadParts", "exports/results/*"),
        ("s3:PutObject", "exports/results/*"),
        ("states:StartExecution", "rebuild"),
        ("states:DescribeExecution", f"{EXECUTIONS}:rebuild:*"),
    }


def test_every_name_in_its_definition_is_put_in_and_nothing_else(machine: dict[str, Any]) -> None:
    text = machine["DefinitionString"]
    substitutions = machine["DefinitionSubstitutions"]
    assert all(f"${{{name}}}" in text for name in substitutions)
    for name in substitutions:
        text = text.replace(f"${{{name}}}", "")
    assert "${" not in text


def test_it_is_standard_and_maps_each_file_to_an_execution(machine: dict[str, Any]) -> None:
    """A year of running time, and a history of its own for each file.

    https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
    """
    assert machine["StateMachineType"] == "STANDARD"
    replay = json.loads(machine["DefinitionString"])["States"]["ReplayFiles"]
    processor = replay["ItemProcessor"]["ProcessorConfig"]
    assert processor == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    assert replay["MaxConcurrencyPath"] == "$.workers"
    assert not {name for name in replay if name.startswith("Tolerated")}


def test_exports_are_encrypted_private_and_gone_after_a_week(template: Template) -> None:
    bucket = template.bucket(versioned=False)["Properties"]
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    [lifecycle] = bucket["LifecycleConfiguration"]["Rules"]
    assert (lifecycle["Status"], lifecycle["ExpirationInDays"]) == ("Enabled", 7)


def test_the_replay_function_is_as_large_as_the_stage_says(
    templates: Mapping[str, Template],
) -> None:
    for stage, template in templates.items():
        sizing = load(stage=stage, environ={}).by_type_replay
        function = template.functions()[BY_TYPE_REPLAY]
        assert (function["Timeout"], function["MemorySize"]) == (900, sizing.memory_mb)
