"""A template fits every account and region: nothing in it is named for good."""

import json
import re
from collections.abc import Mapping

from infra.synth import CloudAssembly
from tests.infra.template import Template

NAMES = {
    ("AWS::ApiGateway::RestApi", "Name"): "shown in the console; may be the same twice",
    ("AWS::ApiGateway::Stage", "StageName"): "part of the API's paths, which are of one API",
    ("AWS::CloudWatch::Alarm", "MetricName"): "AWS's own metrics, or one in the stack's namespace",
    (
        "AWS::CloudWatch::CompositeAlarm",
        "AlarmName",
    ): "CDK makes it of the stack's",
    ("AWS::IAM::Policy", "PolicyName"): "required, and of one role",
}
"""Properties that name something in plain text, each with the reason why it may."""
ACCOUNT = re.compile(r"(?<![\w.-])\d{12}(?![\w.-])")
REGION = re.compile(r"\b[a-z]{2}(-gov|-iso[a-z]?)?-(north|south|east|west|central)[a-z]*-\d\b")


def test_no_template_names_an_account_or_a_region(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        text = json.dumps(template.body)
        assert ACCOUNT.findall(text) == []
        assert [found[0] for found in REGION.finditer(text)] == []


def test_the_patterns_would_find_them() -> None:
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/events"
    assert ACCOUNT.search(arn)
    assert [found[0] for found in REGION.finditer(f"{arn} us-gov-west-1")] == [
        "eu-central-1",
        "us-gov-west-1",
    ]


def test_no_resource_has_a_name_of_ours(templates: Mapping[str, Template]) -> None:
    given = {
        (resource["Type"], name)
        for template in templates.values()
        for resource in template.body["Resources"].values()
        for name, value in resource.get("Properties", {}).items()
        if name.endswith("Name") and isinstance(value, str)
    }
    assert given == NAMES.keys()


def test_an_assembly_goes_where_the_profile_in_use_points(
    assemblies: Mapping[str, CloudAssembly],
) -> None:
    for assembly in assemblies.values():
        artifacts = json.loads((assembly.path / "manifest.json").read_text())["artifacts"]
        environments = {one["environment"] for one in artifacts.values() if "environment" in one}
        assert environments == {"aws://unknown-account/unknown-region"}
