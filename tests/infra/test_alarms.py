"""What wakes an operator, read out of the template: every property of every alarm."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import App, Stack, assertions
from aws_cdk import aws_cloudwatch as cloudwatch
from pydantic import ValidationError

from domain import metrics
from infra.alarm_settings import AlarmSettings
from infra.alarms import Alarms
from infra.bundling import ROOT
from infra.settings import load
from tests.infra.template import Template
from tests.infra.variants import unbundled

OWN, API, TABLE, LAMBDA = "stack", "AWS/ApiGateway", "AWS/DynamoDB", "AWS/Lambda"

ALARMS: Mapping[str, tuple[str, str, str, int, int]] = {
    "ApiFailing": (API, "5XXError", "Sum", 1, 3),
    "ApiSlow": (API, "Latency", "p99", 3_000, 5),
    "Blocked": ("AWS/WAFV2", "BlockedRequests", "Sum", 1_000, 5),
    "Conflicts": (OWN, "Conflicts", "Sum", 10, 5),
    "Rejected": (OWN, "Rejected", "Sum", 100, 5),
    "AppendsUnavailable": (OWN, "Rejected", "Sum", 1, 3),
    "AccessDenied": (OWN, "AccessDenied", "Sum", 1, 1),
    "LogThrottled": (TABLE, "WriteThrottleEvents", "Sum", 1, 3),
    "LogReadsThrottled": (TABLE, "ReadThrottleEvents", "Sum", 1, 3),
    "LogTableFailing": (TABLE, "SystemErrors", "Sum", 1, 3),
    "ByTypeThrottled": (TABLE, "WriteThrottleEvents", "Sum", 1, 3),
    "ByTypeReadsThrottled": (TABLE, "ReadThrottleEvents", "Sum", 1, 3),
    "ByTypeTableFailing": (TABLE, "SystemErrors", "Sum", 1, 3),
    "WriteThrottled": (LAMBDA, "Throttles", "Sum", 1, 3),
    "ReadThrottled": (LAMBDA, "Throttles", "Sum", 1, 3),
    "ByTypeProjectorThrottled": (LAMBDA, "Throttles", "Sum", 1, 3),
    "ByTypeReplayThrottled": (LAMBDA, "Throttles", "Sum", 1, 3),
    "DocsThrottled": (LAMBDA, "Throttles", "Sum", 1, 3),
    "WriteFailing": (LAMBDA, "Errors", "Sum", 1, 3),
    "ReadFailing": (LAMBDA, "Errors", "Sum", 1, 3),
    "ByTypeBehind": (LAMBDA, "IteratorAge", "Maximum", 300_000, 5),
    "ByTypeFailing": (LAMBDA, "Errors", "Sum", 1, 3),
    "ByTypeParked": (OWN, "Parked", "Sum", 1, 1),
    "ByTypeReplayParked": (OWN, "Parked", "Sum", 1, 1),
    "ByTypeGivenUp": (LAMBDA, "DroppedEventCount", "Sum", 1, 1),
    "ByTypeLost": (LAMBDA, "DestinationDeliveryFailures", "Sum", 1, 1),
}
"""Namespace, metric, statistic, threshold, and minutes for which it is reached."""

WATCHED = {
    "LogThrottled": "EventsTable",
    "LogReadsThrottled": "EventsTable",
    "LogTableFailing": "EventsTable",
    "ByTypeThrottled": "EventsByTypeTable",
    "ByTypeReadsThrottled": "EventsByTypeTable",
    "ByTypeTableFailing": "EventsByTypeTable",
    "WriteThrottled": "api.write_handler.handler",
    "WriteFailing": "api.write_handler.handler",
    "ReadThrottled": "api.read_handler.handler",
    "ReadFailing": "api.read_handler.handler",
    "ByTypeProjectorThrottled": "projections.by_type_handler.handler",
    "ByTypeReplayThrottled": "projections.by_type_replay_handler.handler",
    "DocsThrottled": "api.docs_handler.handler",
    "ByTypeBehind": "projections.by_type_handler.handler",
    "ByTypeFailing": "projections.by_type_handler.handler",
    "ByTypeLost": "projections.by_type_handler.handler",
    "ByTypeGivenUp": "AWS::Lambda::EventSourceMapping",
}
"""The table, the function's handler or the type of what an alarm's dimension refers to."""

NOTHING_NEW = {"ByTypeBehind"}
"""Alarms that keep their state while nothing is measured; to the others, silence is health."""


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    """Each alarm's properties, by the name that its description begins with."""
    found = template.properties("AWS::CloudWatch::Alarm")
    return {alarm["AlarmDescription"].partition(":")[0]: alarm for alarm in found}


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The one metric that an alarm is on, or those that are in its sum."""
    if "Metrics" not in alarm:
        return [alarm | {"Stat": alarm.get("Statistic") or alarm["ExtendedStatistic"]}]
    [total] = [part for part in alarm["Metrics"] if "Expression" in part]
    assert total["Expression"] in {"SUM(METRICS())", "DIFF(searches) + DIFF(writes)"}
    assert total["ReturnData"] is True
    parts = [part["MetricStat"] for part in alarm["Metrics"] if "MetricStat" in part]
    return [{**part["Metric"], "Stat": part["Stat"], "Period": part["Period"]} for part in parts]


STORE, COLLECTION = "AWS/ES", "AWS/AOSS"

SEARCH_ALARMS: Mapping[str, tuple[str, str, str, int, int]] = {
    **{
        f"{name}Throttled": (LAMBDA, "Throttles", "Sum", 1, 3)
        for name in ("Search", "SearchProjector", "SearchSetup")
    },
    "SearchRequestsFailing": (LAMBDA, "Errors", "Sum", 1, 3),
    "SearchBehind": (LAMBDA, "IteratorAge", "Maximum", 300_000, 5),
    "SearchFailing": (LAMBDA, "Errors", "Sum", 1, 3),
    "SearchParked": (OWN, "Parked", "Sum", 1, 1),
    "SearchGivenUp": (LAMBDA, "DroppedEventCount", "Sum", 1, 1),
    "SearchLost": (LAMBDA, "DestinationDeliveryFailures", "Sum", 1, 1),
}
"""What a stage with search has besides, whatever its engine."""

ENGINE_ALARMS: Mapping[str, Mapping[str, tuple[str, str, str, int, int]]] = {
    "domain": {
        "SearchRed": (STORE, "ClusterStatus.red", "Maximum", 1, 1),
        "SearchYellow": (STORE, "ClusterStatus.yellow", "Maximum", 1, 5),
        "SearchStorageLow": (STORE, "FreeStorageSpace", "Minimum", 25_600, 1),
        "SearchWritesBlocked": (STORE, "ClusterIndexWritesBlocked", "Maximum", 1, 5),
        "SearchMemory": (STORE, "JVMMemoryPressure", "Maximum", 95, 3),
        "SearchRejected": (STORE, "ThreadpoolWriteRejected", "Sum", 1, 3),
        "SearchKeyLost": (STORE, "KMSKeyInaccessible", "Maximum", 1, 1),
    },
    "serverless": {
        "SearchStoreFailing": (COLLECTION, "5xx", "Sum", 1, 3),
        "SearchRejected": (COLLECTION, "IngestionRequestErrors", "Sum", 1, 3),
        "SearchRetentionThrottled": (LAMBDA, "Throttles", "Sum", 1, 3),
    },
}
"""What it has for its engine; the domain is under the stage's own key."""


def watched_by(template: Template) -> set[tuple[str, str, str, str, int, int]]:
    """Each alarm with each of its metrics, as the tables above have them."""
    return {
        (
            name,
            OWN if metric["Namespace"] == {"Ref": "AWS::StackName"} else metric["Namespace"],
            metric["MetricName"],
            metric["Stat"],
            alarm["Threshold"],
            alarm["EvaluationPeriods"],
        )
        for name, alarm in alarms(template).items()
        for metric in metrics_of(alarm)
    }


@pytest.fixture(scope="module", params=ENGINE_ALARMS)
def searching(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Template]:
    """An engine, and production with search on it, under the stage's own key."""
    context = {
        "search.engine": request.param,
        "search.retention_months": 12,
        "encryption": "customer-managed",
    }
    settings = load(stage="prod", context=context, environ={})
    folder = tmp_path_factory.mktemp("searching")
    return request.param, Template(unbundled(settings, folder).template())


def test_search_has_its_alarms_too(searching: tuple[str, Template]) -> None:
    engine, template = searching
    expected = {**ALARMS, **SEARCH_ALARMS, **ENGINE_ALARMS[engine]}
    rejected = ("SearchRejected", STORE, "ThreadpoolSearchRejected", "Sum", 1, 3)
    more = {rejected} if engine == "domain" else set()
    assert watched_by(template) == {(name, *rest) for name, rest in expected.items()} | more


def test_only_little_storage_is_too_little(searching: tuple[str, Template]) -> None:
    _, template = searching
    below = "LessThanOrEqualToThreshold"
    found = {name for name, a in alarms(template).items() if a["ComparisonOperator"] == below}
    assert found == {"SearchStorageLow"} & alarms(template).keys()


def test_search_does_not_make_the_log_unhealthy(searching: tuple[str, Template]) -> None:
    _, template = searching
    [composite] = template.properties("AWS::CloudWatch::CompositeAlarm")
    parts = [part["Fn::GetAtt"][0] for part in composite["AlarmRule"]["Fn::Join"][1][1::2]]
    resources = template.body["Resources"]
    names = [resources[part]["Properties"]["AlarmDescription"] for part in parts]
    assert not [name for name in names if name.startswith("Search")]


def test_each_fault_has_its_alarm(template: Template) -> None:
    assert watched_by(template) == {(name, *rest) for name, rest in ALARMS.items()}


def test_each_alarm_tells_the_topic_and_decides_what_silence_means(template: Template) -> None:
    [topic] = template.of_type("AWS::SNS::Topic")
    for name, alarm in alarms(template).items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
        assert alarm["TreatMissingData"] == ("ignore" if name in NOTHING_NEW else "notBreaching")
        assert {metric["Period"] for metric in metrics_of(alarm)} == {60}
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_an_alarm_watches_the_resource_that_it_is_named_after(template: Template) -> None:
    resources = template.body["Resources"]
    found = {}
    for name, alarm in alarms(template).items():
        for metric in metrics_of(alarm):
            for dimension in metric.get("Dimensions", ()):
                if dimension["Value"] in ({"Ref": id} for id in resources):
                    id = dimension["Value"]["Ref"]
                    resource = resources[id]
                    handler = resource["Properties"].get("Handler")
                    tables = resource["Type"] == "AWS::DynamoDB::Table"
                    found[name] = handler or (id if tables else resource["Type"])
    assert found == WATCHED


def test_a_tables_errors_are_those_of_the_operations_that_functions_may_call(
    template: Template,
) -> None:
    called = {"log": {"ExecuteStatement", "BatchExecuteStatement"}, "by type": set[str]()}
    for _, (action, on) in template.role_grants():
        if on in called and action.startswith("dynamodb:") and "Export" not in action:
            called[on].add(action.removeprefix("dynamodb:"))
    called["log"].remove("PartiQLInsert")  # what the two statements take
    watched = {
        name: {
            dimension["Value"]
            for metric in metrics_of(alarms(template)[f"{name}TableFailing"])
            for dimension in metric["Dimensions"]
            if dimension["Name"] == "Operation"
        }
        for name in ("Log", "ByType")
    }
    assert watched == {"Log": called["log"], "ByType": called["by type"]}


def test_what_is_parked_is_told_apart_by_who_parked_it(template: Template) -> None:
    parked = {
        name: alarm["Dimensions"]
        for name, alarm in alarms(template).items()
        if alarm.get("MetricName") == "Parked"
    }
    assert parked == {
        "ByTypeParked": [{"Name": "Projector", "Value": "by-type"}],
        "ByTypeReplayParked": [{"Name": "Projector", "Value": "by-type-replay"}],
    }
    assert alarms(template)["AppendsUnavailable"]["Dimensions"] == [
        {"Name": "Reason", "Value": "unavailable"}
    ]


def test_what_is_denied_is_counted_in_every_functions_log(template: Template) -> None:
    counted = set()
    for counter in template.properties("AWS::Logs::MetricFilter"):
        [counts] = counter["MetricTransformations"]
        assert counts["MetricName"] == metrics.ACCESS_DENIED.name
        assert counts["MetricNamespace"] == {"Ref": "AWS::StackName"}
        assert counts["MetricValue"] == "1"
        counted.add(counter["LogGroupName"]["Ref"])
        for line in (
            {"errorMessage": "An error occurred (AccessDeniedException) when calling PutItem"},
            {"errorMessage": "An error occurred (KMSInvalidStateException)"},
            {"exception": "ParkingFailedError: An error occurred (AccessDenied) when calling"},
        ):
            assert matches(counter["FilterPattern"], line)
        for line in (
            {"event_id": "AccessDenied", "message": "request"},
            {"errorMessage": "An error occurred (ThrottlingException)"},
        ):
            assert not matches(counter["FilterPattern"], line)
    groups = [one["LoggingConfig"]["LogGroup"]["Ref"] for one in template.functions().values()]
    assert counted == set(groups)


def matches(pattern: str, line: dict[str, str]) -> bool:
    """Whether CloudWatch's filter, a disjunction of wildcards, finds a line of JSON."""
    conditions = re.findall(r'\(\$\.(\w+) = "\*([^"*]+)\*"\)', pattern)
    whole = " || ".join(f'($.{f} = "*{w}*")' for f, w in conditions)
    assert pattern == f"{{ {whole} }}"
    return any(words in line.get(field, "") for field, words in conditions)


def test_one_alarm_says_that_the_log_itself_is_unhealthy(template: Template) -> None:
    [composite] = template.properties("AWS::CloudWatch::CompositeAlarm")
    [topic] = template.of_type("AWS::SNS::Topic")
    assert composite["AlarmDescription"].startswith("LogUnhealthy: ")
    assert composite["AlarmActions"] == composite["OKActions"] == [{"Ref": topic}]
    parts = composite["AlarmRule"]["Fn::Join"][1]
    names = {
        template.body["Resources"][part["Fn::GetAtt"][0]]["Properties"]["AlarmDescription"]
        for part in parts
        if isinstance(part, dict)
    }
    assert {name.partition(":")[0] for name in names} == {
        *("ApiFailing", "AppendsUnavailable", "AccessDenied"),
        *("WriteFailing", "WriteThrottled", "LogThrottled", "LogTableFailing"),
    }
    texts = [part for part in parts if isinstance(part, str)]
    assert texts == ['(ALARM("', *['") OR ALARM("'] * 6, '"))']


def test_cloudwatch_may_publish_and_none_without_tls(template: Template) -> None:
    [policy] = template.properties("AWS::SNS::TopicPolicy")
    deny, allow = policy["PolicyDocument"]["Statement"]
    assert (deny["Effect"], deny["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    assert allow["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allow["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_runbook_has_the_section_that_each_alarm_names(
    template: Template, searching: tuple[str, Template]
) -> None:
    _, with_search = searching
    runbook = (ROOT / "docs" / "operate.md").read_text()
    sections = {name.lower() for name in re.findall(r"^### (\w+)$", runbook, re.MULTILINE)}
    composite = template.properties("AWS::CloudWatch::CompositeAlarm")
    descriptions = [one["AlarmDescription"] for one in (*alarms(template).values(), *composite)]
    assert len(descriptions) == len(ALARMS) + 1
    descriptions += [one["AlarmDescription"] for one in alarms(with_search).values()]
    linked = {
        match[1]
        for description in descriptions
        if (match := re.search(r" See docs/operate\.md#(\w+)$", description))
    }
    engines = {name.lower() for one in ENGINE_ALARMS.values() for name in one}
    assert linked <= sections
    assert sections - linked <= engines


def made(settings: AlarmSettings) -> Template:
    """Alarms on their own, on a firewall's metric."""
    stack = Stack(App(), "stack")
    made = Alarms(stack, "Alarms", settings=settings, key=None)
    made.watch_firewall(cloudwatch.Metric(namespace="AWS/WAFV2", metric_name="BlockedRequests"))
    return Template(json.loads(json.dumps(assertions.Template.from_stack(stack).to_json())))


def test_what_a_firewall_blocks_has_an_alarm_and_people_are_told_by_mail() -> None:
    emails = ("one@example.org", "two@example.org")
    template = made(AlarmSettings(emails=emails, blocked=7, runbook_url="https://wiki.test/log"))
    [topic] = template.of_type("AWS::SNS::Topic")
    told = template.properties("AWS::SNS::Subscription")
    assert {one["Endpoint"] for one in told} == set(emails)
    assert all(one["Protocol"] == "email" for one in told)
    assert all(one["TopicArn"] == {"Ref": topic} for one in told)
    blocked = alarms(template)["Blocked"]
    assert (blocked["Namespace"], blocked["MetricName"]) == ("AWS/WAFV2", "BlockedRequests")
    assert (blocked["Threshold"], blocked["EvaluationPeriods"]) == (7, 5)
    assert blocked["TreatMissingData"] == "notBreaching"
    assert blocked["AlarmDescription"].endswith("See https://wiki.test/log#blocked")


def test_nobody_is_told_unless_the_stage_says_whom(template: Template) -> None:
    assert template.properties("AWS::SNS::Subscription") == []


@pytest.mark.parametrize(
    "wrong",
    [{"emails": ["nobody"]}, {"runbook_url": "a#b"}, {"latency_p99_milliseconds": 30_000}],
)
def test_what_alarms_cannot_use_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        AlarmSettings.model_validate(wrong)


def test_every_threshold_says_what_it_is_for() -> None:
    assert not [name for name, f in AlarmSettings.model_fields.items() if not f.description]
