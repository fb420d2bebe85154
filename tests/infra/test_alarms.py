"""What wakes an operator, read out of the template: every property of every alarm."""

from collections.abc import Mapping
from typing import Any

from infra.bundling import ROOT
from tests.infra.template import Template

ALARMS: Mapping[str, tuple[str, str, str, int, int]] = {
    "ApiFailing": ("AWS/ApiGateway", "5XXError", "Sum", 1, 3),
    "LogThrottled": ("AWS/DynamoDB", "WriteThrottleEvents", "Sum", 1, 3),
    "ByTypeThrottled": ("AWS/DynamoDB", "WriteThrottleEvents", "Sum", 1, 3),
    "ByTypeBehind": ("AWS/Lambda", "IteratorAge", "Maximum", 300_000, 5),
    "ByTypeFailing": ("AWS/Lambda", "Errors", "Sum", 1, 3),
    "ByTypeParked": ("stack", "Parked", "Sum", 1, 1),
    "ByTypeReplayParked": ("stack", "Parked", "Sum", 1, 1),
    "ByTypeGivenUp": ("AWS/Lambda", "DroppedEventCount", "Sum", 1, 1),
    "ByTypeLost": ("AWS/Lambda", "DestinationDeliveryFailures", "Sum", 1, 1),
}
"""Namespace, metric, statistic, threshold, and minutes for which it is reached."""

TABLES = {"LogThrottled": "EventsTable", "ByTypeThrottled": "EventsByTypeTable"}


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    """Each alarm's properties, by the name that its description begins with."""
    found = template.properties("AWS::CloudWatch::Alarm")
    return {alarm["AlarmDescription"].partition(":")[0]: alarm for alarm in found}


def test_each_fault_has_its_alarm(template: Template) -> None:
    watched = {
        name: (
            "stack" if alarm["Namespace"] == {"Ref": "AWS::StackName"} else alarm["Namespace"],
            alarm["MetricName"],
            alarm["Statistic"],
            alarm["Threshold"],
            alarm["EvaluationPeriods"],
        )
        for name, alarm in alarms(template).items()
    }
    assert watched == ALARMS


def test_each_alarm_tells_the_topic_and_takes_silence_for_health(template: Template) -> None:
    [topic] = template.of_type("AWS::SNS::Topic")
    for alarm in alarms(template).values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["Period"] == 60
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_an_alarm_watches_the_resource_that_it_is_named_after(template: Template) -> None:
    resources = template.body["Resources"]
    for name, alarm in alarms(template).items():
        values = [one["Value"] for one in alarm.get("Dimensions", ())]
        references = [value["Ref"] for value in values if isinstance(value, dict)]
        kinds = [resources[id]["Type"] for id in references]
        match ALARMS[name][0]:
            case "AWS/DynamoDB":
                assert references == [TABLES[name]]
            case "AWS/Lambda" if name == "ByTypeGivenUp":
                assert kinds == ["AWS::Lambda::EventSourceMapping"]
            case "AWS/Lambda":
                assert kinds == ["AWS::Lambda::Function"]
                handler = resources[references[0]]["Properties"]["Handler"]
                assert handler == "projections.by_type_handler.handler"


def test_what_is_parked_is_told_apart_by_who_parked_it(template: Template) -> None:
    parked = {
        name: alarm["Dimensions"]
        for name, alarm in alarms(template).items()
        if alarm["MetricName"] == "Parked"
    }
    assert parked == {
        "ByTypeParked": [{"Name": "Projector", "Value": "by-type"}],
        "ByTypeReplayParked": [{"Name": "Projector", "Value": "by-type-replay"}],
    }


def test_cloudwatch_may_publish_and_none_without_tls(template: Template) -> None:
    [policy] = template.properties("AWS::SNS::TopicPolicy")
    deny, allow = policy["PolicyDocument"]["Statement"]
    assert (deny["Effect"], deny["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    assert allow["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allow["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_runbook_has_a_section_for_each_alarm(template: Template) -> None:
    runbook = (ROOT / "docs" / "operate.md").read_text()
    for name, alarm in alarms(template).items():
        assert alarm["AlarmDescription"].endswith(f"See docs/operate.md#{name.lower()}")
        assert f"\n### {name}\n" in runbook
