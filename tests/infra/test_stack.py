import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from api.page_folder import FOLDER, INDEX
from api.routes import PAGES
from domain import config
from infra.bundling import ROOT
from infra.docs_function import DOCS
from infra.first_party import closure
from infra.settings import OPEN_WARNING, STAGES, Settings, load
from infra.stack import BY_TYPE_PROJECTOR, BY_TYPE_REPLAY, READ, WRITE
from infra.synth import CloudAssembly, SynthError, cached_synth, synth_bundled
from tests.infra.lint import lint
from tests.infra.template import Template
from tests.infra.variants import Variant

CHANGES = {
    f"dynamodb:{action}"
    for action in (
        "BatchWriteItem",
        "DeleteItem",
        "ImportTable",
        "PartiQLDelete",
        "PartiQLUpdate",
        "PutItem",
        "RestoreTableFromBackup",
        "TransactWriteItems",
        "UpdateItem",
    )
}
PAGE_LIMITS = {
    (method, path)
    for method in ("GET", "HEAD")
    for path in ("/~1openapi.json", "/~1docs", "/~1docs~1{asset}", "/~1problems~1{kind}")
}


def logging(handler: str) -> set[tuple[str, str]]:
    logs = f"logs of {handler}"
    return {("logs:CreateLogStream", logs), ("logs:PutLogEvents", logs)}


def test_the_write_function_inserts_and_compares_and_nothing_else(template: Template) -> None:
    expected = {("dynamodb:PartiQLInsert", "log"), ("dynamodb:GetItem", "log")}
    assert expected | logging(WRITE) == template.grants(WRITE)


def test_the_read_function_only_reads(template: Template) -> None:
    expected = {
        ("dynamodb:GetItem", "log"),
        ("dynamodb:BatchGetItem", "log"),
        ("dynamodb:Query", "by type"),
    }
    assert expected | logging(READ) == template.grants(READ)


def test_the_by_type_projector_reads_the_stream_and_writes_its_table(template: Template) -> None:
    expected = {
        ("dynamodb:DescribeStream", "log stream"),
        ("dynamodb:GetRecords", "log stream"),
        ("dynamodb:GetShardIterator", "log stream"),
        ("dynamodb:ListStreams", "*"),
        ("dynamodb:BatchWriteItem", "by type"),
        ("s3:PutObject", "parking/parked/by-type/*"),
        ("s3:PutObject", "parking/aws/lambda/*"),
        ("s3:ListBucket", "parking"),
    }
    assert expected | logging(BY_TYPE_PROJECTOR) == template.grants(BY_TYPE_PROJECTOR)


def test_the_by_type_replay_reads_exports_writes_its_table_and_parks(template: Template) -> None:
    expected = {
        ("s3:GetObject", "exports/exports/*"),
        ("dynamodb:BatchWriteItem", "by type"),
        ("s3:PutObject", "parking/parked/by-type/*"),
    }
    assert expected | logging(BY_TYPE_REPLAY) == template.grants(BY_TYPE_REPLAY)


def test_no_role_can_change_or_delete_an_event(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        on_the_log = {action for _, (action, on) in template.role_grants() if on in {"log", "*"}}
        assert not on_the_log & CHANGES
        assert not [action for action in on_the_log if "*" in action]


def test_a_role_grants_by_its_policy_alone(template: Template) -> None:
    roles = template.properties("AWS::IAM::Role")
    machines = template.of_type("AWS::StepFunctions::StateMachine")
    assert len(template.functions()) + len(machines) == len(roles)
    for role in roles:
        assert {"AssumeRolePolicyDocument"} == set(role)


def test_only_the_projector_follows_the_log_from_its_oldest_record(template: Template) -> None:
    [mapping] = template.properties("AWS::Lambda::EventSourceMapping")
    function = template.body["Resources"][mapping["FunctionName"]["Ref"]]["Properties"]
    assert function["Handler"] == BY_TYPE_PROJECTOR
    assert template.named(mapping["EventSourceArn"]) == "log stream"
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    [pattern] = mapping["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {"eventName": ["INSERT"]}


def test_a_failing_batch_is_bisected_and_given_up_before_its_records_expire(
    templates: Mapping[str, Template],
) -> None:
    for stage, template in templates.items():
        stream = load(stage=stage, environ={}).by_type_stream
        [mapping] = template.properties("AWS::Lambda::EventSourceMapping")
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["BatchSize"] == stream.batch_size
        assert mapping["MaximumBatchingWindowInSeconds"] == stream.window_seconds
        assert 0 <= mapping["MaximumRetryAttempts"] == stream.retry_attempts
        assert 60 <= mapping["MaximumRecordAgeInSeconds"] < 24 * 3600


def test_what_lambda_gives_up_goes_whole_into_the_parking_bucket(template: Template) -> None:
    [mapping] = template.properties("AWS::Lambda::EventSourceMapping")
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert template.named(destination) == "parking"
    assert mapping["MetricsConfig"] == {"Metrics": ["EventCount"]}


def test_what_is_parked_is_encrypted_versioned_private_and_does_not_expire(
    template: Template,
) -> None:
    bucket = template.bucket(versioned=True)["Properties"]
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    [lifecycle] = bucket["LifecycleConfiguration"]["Rules"]
    assert lifecycle["Status"] == "Enabled"
    assert lifecycle["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert not {"ExpirationInDays", "ExpirationDate", "Transitions"} & set(lifecycle)


def test_buckets_are_reached_over_tls_alone(template: Template) -> None:
    closed: set[str] = set()
    for policy in template.properties("AWS::S3::BucketPolicy"):
        [statement] = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
        assert statement["Principal"] == {"AWS": "*"}
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        closed |= {template.named(one) for one in statement["Resource"]}
    assert closed == {"parking", "parking/*", "exports", "exports/*"}


@pytest.mark.parametrize(("stage", "kept"), [("dev", False), ("staging", True), ("prod", True)])
def test_tables_and_logs_outlive_a_protected_stage(
    templates: Mapping[str, Template], stage: str, kept: bool
) -> None:
    template = templates[stage]
    policy = "Retain" if kept else "Delete"
    for table in template.of_type("AWS::DynamoDB::Table").values():
        assert table["Properties"]["DeletionProtectionEnabled"] is kept
        assert (policy, policy) == (table["DeletionPolicy"], table["UpdateReplacePolicy"])
    for bucket in template.of_type("AWS::S3::Bucket").values():
        assert (policy, policy) == (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"])
    for group in template.of_type("AWS::Logs::LogGroup").values():
        assert (policy, policy) == (group["DeletionPolicy"], group["UpdateReplacePolicy"])
    recovery = template.table("id")["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery["PointInTimeRecoveryEnabled"] is kept
    assert recovery.get("RecoveryPeriodInDays") == (35 if kept else None)


def test_a_stack_that_protects_data_is_not_deleted_by_accident(
    stages: Mapping[str, Variant],
) -> None:
    assert {name: stage.kept for name, stage in stages.items()} == {
        "dev": False,
        "staging": True,
        "prod": True,
    }


def test_tables_are_on_demand_and_the_log_streams_what_is_appended(template: Template) -> None:
    log, by_type = template.table("id")["Properties"], template.table("pk", "sk")["Properties"]
    assert log["BillingMode"] == by_type["BillingMode"] == "PAY_PER_REQUEST"
    assert log["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert "StreamSpecification" not in by_type


def test_routes(template: Template) -> None:
    expected = {
        ("POST", "/events"): WRITE,
        ("GET", "/events"): READ,
        ("GET", "/events/{id}"): READ,
        ("GET", "/types"): READ,
        ("GET", "/search"): READ,
        ("GET", "/openapi.json"): DOCS,
        ("GET", "/docs"): DOCS,
        ("GET", "/docs/{asset}"): DOCS,
        ("GET", "/problems/{kind}"): DOCS,
    }
    paths = ("/events", "/events/{id}", "/types", "/search")
    others = {(method, path): READ for method in ("HEAD", "ANY") for path in paths}
    others |= {(method, route.path): DOCS for method in ("HEAD", "ANY") for route in PAGES}
    assert expected | others == template.routes()
    [api] = template.properties("AWS::ApiGateway::RestApi")
    assert api["BinaryMediaTypes"] == ["*/*"]
    assert api["MinimumCompressionSize"] == 1_024


def test_the_api_is_throttled(templates: Mapping[str, Template]) -> None:
    for name, template in templates.items():
        settings = load(stage=name, environ={})
        [stage] = template.properties("AWS::ApiGateway::Stage")
        assert stage["StageName"] == name
        limits = {
            (one["HttpMethod"], one["ResourcePath"]): (
                one["ThrottlingRateLimit"],
                one["ThrottlingBurstLimit"],
            )
            for one in stage["MethodSettings"]
        }
        write, read, docs = settings.edge.write, settings.edge.read, settings.edge.docs
        assert limits == {
            ("*", "/*"): (read.requests_per_second, read.burst),
            ("POST", "/~1events"): (write.requests_per_second, write.burst),
            **dict.fromkeys(PAGE_LIMITS, (docs.requests_per_second, docs.burst)),
        }


def test_api_gateway_answers_problem_documents_itself(template: Template) -> None:
    answers = template.properties("AWS::ApiGateway::GatewayResponse")
    statuses = {(answer["ResponseType"], answer.get("StatusCode")) for answer in answers}
    assert {
        ("BAD_REQUEST_BODY", "400"),
        ("BAD_REQUEST_PARAMETERS", "400"),
        ("MISSING_AUTHENTICATION_TOKEN", "403"),
        ("INVALID_SIGNATURE", "403"),
        ("EXPIRED_TOKEN", "403"),
        ("ACCESS_DENIED", "403"),
        ("UNAUTHORIZED", "401"),
        ("REQUEST_TOO_LARGE", "413"),
        ("INVALID_API_KEY", "403"),
        ("THROTTLED", "429"),
        ("QUOTA_EXCEEDED", "429"),
        ("DEFAULT_4XX", None),
        ("DEFAULT_5XX", None),
    } <= statuses
    for answer in answers:
        [(content_type, text)] = answer["ResponseTemplates"].items()
        problem = json.loads(text.replace("$context.error.messageString", '"a message"'))
        assert content_type == "application/problem+json"
        assert problem["type"] == "about:blank"
        assert problem["title"]
        assert problem["detail"]
        assert answer.get("StatusCode") == (str(problem["status"]) if "status" in problem else None)


def test_the_gateway_judges_no_body_and_no_parameter(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        assert not template.of_type("AWS::ApiGateway::RequestValidator")
        for method in template.properties("AWS::ApiGateway::Method"):
            assert not {"RequestModels", "RequestParameters", "RequestValidatorId"} & set(method)


def test_functions_run_on_the_platform_that_they_are_bundled_for(template: Template) -> None:
    for function in template.functions().values():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
        assert function["LoggingConfig"]["LogFormat"] == "JSON"


def test_functions_log_from_one_level_on_and_count_under_the_stacks_name(
    templates: Mapping[str, Template],
) -> None:
    for stage, template in templates.items():
        level = load(stage=stage, environ={}).log_level
        for function in template.functions().values():
            variables = function["Environment"]["Variables"]
            assert variables[config.LOG_LEVEL] == level
            assert variables[config.METRICS_NAMESPACE] == {"Ref": "AWS::StackName"}
            # Lambda drops what is below its own level, and metrics are lines of level INFO to it.
            assert function["LoggingConfig"]["ApplicationLogLevel"] == level


def test_a_level_that_would_lose_the_metrics_is_refused() -> None:
    with pytest.raises(ValidationError, match="log_level"):
        Settings.model_validate(STAGES["dev"].model_dump() | {"log_level": "WARN"})


def test_logs_are_kept_as_long_as_the_stage_says(templates: Mapping[str, Template]) -> None:
    for stage, template in templates.items():
        days = load(stage=stage, environ={}).log_retention_days
        groups = template.properties("AWS::Logs::LogGroup")
        assert len(groups) > len(template.functions())
        assert {days} == {group["RetentionInDays"] for group in groups}


def test_each_function_gets_exactly_the_variables_that_it_reads(template: Template) -> None:
    for handler, function in template.functions().items():
        given = set(function["Environment"]["Variables"])
        assert variables_read(handler) == given


def test_the_cursor_key_is_the_stack_and_the_shards_are_the_stages(
    templates: Mapping[str, Template],
) -> None:
    for stage, template in templates.items():
        shards = str(load(stage=stage, environ={}).type_shards)
        functions = template.functions()
        given = functions[READ]["Environment"]["Variables"]
        projector = functions[BY_TYPE_PROJECTOR]["Environment"]["Variables"]
        assert given[config.CURSOR_KEY] == {"Ref": "AWS::StackId"}
        assert given[config.TYPE_SHARDS] == projector[config.TYPE_SHARDS] == shards


def test_outputs(template: Template) -> None:
    assert set(template.body["Outputs"]) == {
        *("ApiUrl", "AlarmTopicArn", "ByTypeProjectorLogs", "ByTypeProjectorName"),
        *("Authorizer", "ReaderPolicyArn", "SearcherPolicyArn", "WriterPolicyArn"),
        "ByTypeRebuildArn",
        "ByTypeMappingId",
        *("EventsByTypeTableName", "EventsTableName", "ParkingBucketName", "TypeShards"),
    }


def test_nothing_is_named_for_good_and_nothing_runs_besides(template: Template) -> None:
    types = {resource["Type"] for resource in template.body["Resources"].values()}
    assert not {type for type in types if type.startswith(("Custom::", "AWS::CloudFormation::"))}
    physical = {"BucketName", "TableName", "FunctionName", "RoleName", "LogGroupName"}
    physical |= {"AlarmName", "ManagedPolicyName", "StateMachineName", "TopicName"}
    named = (
        "DynamoDB::Table",
        "IAM::ManagedPolicy",
        "IAM::Role",
        "Lambda::Function",
        "Logs::LogGroup",
        "S3::Bucket",
    )
    for type in (*named, "CloudWatch::Alarm", "SNS::Topic", "StepFunctions::StateMachine"):
        for properties in template.properties(f"AWS::{type}"):
            if not is_of_the_firewall(properties):
                assert not physical & set(properties)


def is_of_the_firewall(properties: dict[str, Any]) -> bool:
    """WAF writes to no log group of another name; this one's has the stack's id in it."""
    name = properties.get("LogGroupName", {}).get("Fn::Join", ["", [""]])[1]
    return name[0].startswith("aws-waf-logs-") and "AWS::StackId" in str(name)


@pytest.mark.parametrize("stage", STAGES)
def test_cfn_lint_finds_nothing(assemblies: Mapping[str, CloudAssembly], stage: str) -> None:
    assert lint(assemblies[stage].template()) == []


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_the_local_run_differs_in_the_code_assets_alone(
    assemblies: Mapping[str, CloudAssembly], cache: Path
) -> None:
    local = CloudAssembly(cached_synth(load(stage="dev", environ={}), cache))
    assert without_code(assemblies["dev"].template()) == without_code(local.template())
    assets = {handler: folder.resolve() for handler, folder in local.assets().items()}
    pages = assets.pop(DOCS)
    assert {ROOT} == set(assets.values())
    assert (pages / FOLDER / INDEX).exists()
    assert not (pages / "boto3").exists()


def test_synth_is_deterministic_and_tells_what_each_function_weighs(
    assemblies: Mapping[str, CloudAssembly],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("AWS_REGION", "PROJECT"):
        monkeypatch.delenv(name, raising=False)
    synth_bundled(stage="dev", out=tmp_path)
    assert assemblies["dev"].template() == CloudAssembly(tmp_path).template()
    _, warning, *sizes = capsys.readouterr().out.splitlines()
    assert warning == OPEN_WARNING
    assert sorted([DOCS, WRITE, READ, BY_TYPE_PROJECTOR, BY_TYPE_REPLAY]) == [
        line.split()[0] for line in sizes
    ]
    assert all(line.endswith("MB zipped") for line in sizes)


def test_synth_refuses_a_stage_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(SynthError, match="unknown stage 'test'"):
        synth_bundled(stage="test", out=tmp_path)


def test_synthesis_is_cached_until_the_settings_change(cache: Path) -> None:
    settings = load(stage="dev", environ={})
    first = cached_synth(settings, cache)
    before = (first / "manifest.json").stat().st_mtime_ns
    assert first == cached_synth(settings, cache)
    assert before == (first / "manifest.json").stat().st_mtime_ns
    with pytest.raises(
        SynthError
    ):  # a name that CloudFormation refuses; only a new synthesis sees it
        cached_synth(settings.model_copy(update={"project": "not a name"}), cache)
    assert [first] == list(cache.iterdir())


def test_every_stage_has_a_stack_of_its_own(assemblies: Mapping[str, CloudAssembly]) -> None:
    expected = {f"event-logger-{stage}" for stage in STAGES}
    assert expected == {assembly.stack for assembly in assemblies.values()}


def without_code(template: dict[str, object]) -> object:
    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if key != "S3Key"}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return strip(template)


def variables_read(handler: str) -> set[str]:
    """Names of `domain.config` that a handler's sources use."""
    return {
        str(getattr(config, node.attr))
        for file in closure(handler.rpartition(".")[0], root=ROOT)
        for node in ast.walk(ast.parse((ROOT / file).read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "config"
        and hasattr(config, node.attr)
    }
