"""Settings given on the command line, as `eventlog` and `cdk` take them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundling import ROOT
from infra.context import of_cdk, parse_pairs, setting_names
from infra.setting_errors import SettingsError
from infra.settings import STAGES, Settings, load
from infra.synth import CloudAssembly


def test_a_value_is_json_where_it_is_and_text_where_it_is_not() -> None:
    pairs = ["a=1", "b=true", "c=iam", 'd=["10.0.0.0/8"]', "e=x=y", "f="]
    expected = {"a": 1, "b": True, "c": "iam", "d": ["10.0.0.0/8"], "e": "x=y", "f": ""}
    assert expected == parse_pairs(pairs)


def test_what_is_no_pair_is_refused() -> None:
    with pytest.raises(SettingsError, match="NAME=VALUE, not 'authorizer'"):
        parse_pairs(["authorizer"])


def test_a_setting_is_overridden_where_it_is_and_nothing_else_is() -> None:
    context = parse_pairs(["type_shards=8", "by_type_stream.batch_size=100"])
    changed = load(stage="dev", context=context, environ={})
    dev = STAGES["dev"]
    stream = dev.by_type_stream.model_copy(update={"batch_size": 100})
    assert changed == dev.model_copy(update={"type_shards": 8, "by_type_stream": stream})


def test_a_group_that_the_stage_leaves_out_can_be_given() -> None:
    pairs = ["authorizer=jwt", "jwt.issuer=https://issuer.test", "jwt.audience=events"]
    settings = load(stage="prod", context=parse_pairs(pairs), environ={})
    assert settings.jwt
    assert (settings.jwt.issuer, settings.jwt.audience) == ("https://issuer.test", "events")


def test_it_wins_over_the_environment_and_the_options() -> None:
    context = {"stage": "prod", "project": "bills", "region": "eu-west-1"}
    environ = {"STAGE": "dev", "PROJECT": "orders", "AWS_REGION": "eu-central-1"}
    settings = load(stage="staging", context=context, environ=environ)
    assert (settings.stage, settings.project, settings.region) == ("prod", "bills", "eu-west-1")
    assert settings.edge == STAGES["prod"].edge


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("by_type_stream.batchsize=1", "'by_type_stream.batchsize'.*'by_type_stream.batch_size'"),
        ("autorizer=iam", "unknown setting 'autorizer': the nearest is 'authorizer'"),
        ("stage=test", "unknown stage 'test'"),
        ("type_shards=65", "type_shards: Input should be less than or equal to 64"),
        ("by_type_stream.batch_size=many", "by_type_stream.batch_size: Input should be a valid"),
        ('read={"colour": "red"}', "read.colour: Extra inputs are not permitted"),
        ("authorizer=jwt", "authorizer: jwt and the settings under jwt need each other"),
        ("protect_data=true", "authorizer: none leaves data open"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(pair: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load(stage="dev", context=parse_pairs([pair]), environ={})


def test_every_setting_of_every_group_has_a_name() -> None:
    names = set(setting_names(Settings))
    assert {"authorizer", "jwt.function.memory_mb", "by_type_stream", "read.memory_mb"} <= names


def test_cdk_keeps_its_own_names_and_hands_on_the_rest(tmp_path: Path) -> None:
    overflow = tmp_path / "context.json"
    overflow.write_text(json.dumps({"write": {"memory_mb": 512}}))
    given = {
        "aws:cdk:bundling-stacks": ["**"],
        "@aws-cdk/core:checkSecretUsage": True,
        "availability-zones:account=1:region=eu-west-1": ["a"],
        "type_shards": "8",
    }
    environ = {
        "CDK_CONTEXT_JSON": json.dumps(given),
        "CONTEXT_OVERFLOW_LOCATION_ENV": str(overflow),
    }
    assert of_cdk(environ) == {"type_shards": 8, "write": {"memory_mb": 512}}
    assert of_cdk({}) == {}


def test_the_app_takes_the_context_of_cdk(tmp_path: Path) -> None:
    done = run_app(tmp_path, {"stage": "prod", "read.memory_mb": "512"})
    assert done.returncode == 0, done.stderr
    assembly = CloudAssembly(tmp_path)
    assert assembly.stack == "event-logger-prod"
    memory = {
        resource["Properties"]["Handler"]: resource["Properties"]["MemorySize"]
        for resource in assembly.template()["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    }
    assert memory["api.read_handler.handler"] == 512
    refused = run_app(tmp_path, {"colour": "red"})
    assert (refused.returncode, refused.stderr.partition(":")[0]) == (1, "unknown setting 'colour'")


def run_app(out: Path, context: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The app as `cdk synth -c` runs it, but with the sources for bundles."""
    environ = {name: value for name, value in os.environ.items() if name != "STAGE"}
    return subprocess.run(
        [sys.executable, "-m", "infra.app", "--unbundled"],
        cwd=ROOT,
        env={**environ, "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(context)},
        capture_output=True,
        text=True,
        check=False,
    )
