"""Traces are recorded where a stage says so, and then by every part that can."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from infra.alarm_settings import AlarmSettings
from infra.budget_settings import BudgetSettings
from infra.local.template import load as load_local
from infra.settings import load
from infra.synth import CloudAssembly
from tests.infra.template import Template
from tests.infra.variants import unbundled

TRACING = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> CloudAssembly:
    """Production with all that an operator may add: traces, mails, a budget."""
    added = {
        "tracing": True,
        "alarms": AlarmSettings(emails=("on-call@example.org",)),
        "budget": BudgetSettings(usd=50, emails=("owner@example.org",)),
    }
    settings = load(stage="prod", environ={}).model_copy(update=added)
    return unbundled(settings, tmp_path_factory.mktemp("traced"))


@pytest.fixture(scope="module")
def traced(assembly: CloudAssembly) -> Template:
    return Template(assembly.template())


def test_a_stage_with_all_of_it_still_runs_on_one_machine(assembly: CloudAssembly) -> None:
    read = load_local(assembly.path, region="eu-central-1", stack_id="stack")
    engine = dict.fromkeys(("Arn", "StreamArn"), "arn:aws:dynamodb:ddblocal:0:table/any")
    local = replace(read, table_arns={"EventsTable": engine, "EventsByTypeTable": engine})
    assert {one.handler for one in local.functions()} == set(assembly.assets())
    assert local.api().routes


def test_the_api_and_every_function_record_traces_and_may_do_so(traced: Template) -> None:
    [stage] = traced.properties("AWS::ApiGateway::Stage")
    assert stage["TracingEnabled"] is True
    for handler, function in traced.functions().items():
        assert function["TracingConfig"] == {"Mode": "Active"}
        granted = {(action, on) for action, on in traced.grants(handler) if "xray" in action}
        assert granted == {(action, "*") for action in TRACING}


def test_without_it_nothing_is_traced_and_nothing_granted(
    templates: Mapping[str, Template],
) -> None:
    for template in templates.values():
        [stage] = template.properties("AWS::ApiGateway::Stage")
        assert stage["TracingEnabled"] is False
        assert not [one for one in template.functions().values() if "TracingConfig" in one]
        assert not [grant for _, grant in template.role_grants() if grant[0] in TRACING]
