"""How functions are started and how many of them: settings, and what the template makes of them."""

from dataclasses import replace
from typing import Any

import pytest

from infra.local.template import load as load_local
from infra.setting_errors import SettingsError
from infra.settings import STAGES, load
from infra.stack import BY_TYPE_PROJECTOR, READ, WRITE
from infra.synth import CloudAssembly
from tests.infra.template import Template
from tests.infra.variants import unbundled

STARTED = {"write.snap_start": True, "read.provisioned_concurrency": 5}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> CloudAssembly:
    settings = load(stage="prod", context=STARTED, environ={})
    return unbundled(settings, tmp_path_factory.mktemp("started"))


@pytest.fixture(scope="module")
def started(assembly: CloudAssembly) -> Template:
    return Template(assembly.template())


def test_a_stage_starts_functions_on_demand_unless_it_says_otherwise(template: Template) -> None:
    assert not template.of_type("AWS::Lambda::Alias")
    assert not template.of_type("AWS::Lambda::Version")
    assert not [one for one in template.functions().values() if "SnapStart" in one]


def test_snapshots_are_taken_of_published_versions(started: Template) -> None:
    functions = started.functions()
    assert functions[WRITE]["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert "SnapStart" not in functions[READ]


def test_an_alias_keeps_environments_of_a_version_started(started: Template) -> None:
    kept = {
        handler: alias.get("ProvisionedConcurrencyConfig")
        for handler, alias in aliases(started).items()
    }
    assert kept == {WRITE: None, READ: {"ProvisionedConcurrentExecutions": 5}}


def test_the_api_calls_the_alias_and_may(started: Template, template: Template) -> None:
    assert started.routes() == template.routes()
    live = started.of_type("AWS::Lambda::Alias").keys()
    called = {
        part["Ref"]
        for method in started.methods()
        for part in method["Integration"]["Uri"]["Fn::Join"][1]
        if isinstance(part, dict) and part.get("Ref") in live
    }
    permissions = started.properties("AWS::Lambda::Permission")
    allowed = {name["Ref"] for one in permissions if "Ref" in (name := one["FunctionName"])}
    assert called == allowed == set(live)


def test_the_stream_goes_to_the_function_itself(started: Template) -> None:
    [mapping] = started.properties("AWS::Lambda::EventSourceMapping")
    function = started.body["Resources"][mapping["FunctionName"]["Ref"]]["Properties"]
    assert function["Handler"] == BY_TYPE_PROJECTOR


def test_the_local_stack_runs_what_an_alias_stands_for(assembly: CloudAssembly) -> None:
    local = load_local(assembly.path, region="eu-central-1", stack_id="id")
    table = {"Arn": "arn:table", "StreamArn": "arn:table/stream/1"}
    arns = dict.fromkeys(("EventsTable", "EventsByTypeTable"), table)
    handlers = {one.name: one.handler for one in replace(local, table_arns=arns).functions()}
    routes = {(one.method, one.path): handlers[one.function] for one in local.api().routes}
    assert routes[("POST", "/events")] == WRITE
    assert routes[("GET", "/types")] == READ


def test_reads_leave_concurrency_to_those_who_append(template: Template) -> None:
    reserved = {
        handler: function["ReservedConcurrentExecutions"]
        for handler, function in template.functions().items()
        if "ReservedConcurrentExecutions" in function
    }
    assert reserved == {READ: 200}
    assert STAGES["dev"].read.reserved_concurrency is None


@pytest.mark.parametrize(
    ("context", "message"),
    [
        (
            {"write.snap_start": True, "write.provisioned_concurrency": 1},
            "write: .*snap_start and provisioned_concurrency: Lambda takes one of them",
        ),
        (
            {"read.provisioned_concurrency": 201},
            "read: .*provisioned_concurrency is more than reserved_concurrency allows",
        ),
        ({"read.reserved_concurrency": 0}, "read.reserved_concurrency: Input should be greater"),
        ({"by_type_projector.snap_start": True}, "unknown setting 'by_type_projector.snap_start'"),
    ],
)
def test_what_lambda_would_not_take_is_refused(context: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load(stage="prod", context=context, environ={})


def aliases(template: Template) -> dict[str, dict[str, Any]]:
    """Each alias by its function's handler; its version is the function's own."""
    resources = template.body["Resources"]
    found = {}
    for alias in template.properties("AWS::Lambda::Alias"):
        version = resources[alias["FunctionVersion"]["Fn::GetAtt"][0]]["Properties"]
        assert version["FunctionName"] == alias["FunctionName"]
        found[resources[alias["FunctionName"]["Ref"]]["Properties"]["Handler"]] = alias
    return found
