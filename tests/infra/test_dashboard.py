"""The dashboard, read out of the template as CloudWatch would: every number on it exists."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from api.problems import TITLES
from domain import metrics
from infra import prices
from infra.settings import load
from projections.by_type_rows import BY_TYPE, BY_TYPE_REPLAY
from tests.infra.template import Template
from tests.infra.variants import unbundled

PUBLISHED: Mapping[str, tuple[str, set[str], set[str]]] = {
    "AWS/ApiGateway": (
        "ApiName",
        {"AWS::ApiGateway::RestApi"},
        {"4XXError", "5XXError", "Count", "Latency"},
    ),
    "AWS/Lambda": ("FunctionName", {"AWS::Lambda::Function"}, {"Duration", "Invocations"}),
    "AWS/DynamoDB": (
        "TableName",
        {"AWS::DynamoDB::Table"},
        {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"},
    ),
}
"""What AWS publishes: namespace → dimension, type of the resource it names, metrics.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
"""

OWN = {(m.name, m.dimension) for m in vars(metrics).values() if isinstance(m, metrics.Metric)}
VALUES = {"Projector": {BY_TYPE, BY_TYPE_REPLAY}, "Reason": {*TITLES, "unauthorized"}}


def widgets(template: Template) -> list[dict[str, Any]]:
    """The dashboard's widgets; a reference to a resource is `@` and its logical id."""
    [board] = template.properties("AWS::CloudWatch::Dashboard")
    parts = board["DashboardBody"]["Fn::Join"][1]
    body = "".join(part if isinstance(part, str) else f"@{_target(part)}" for part in parts)
    found: list[dict[str, Any]] = json.loads(body)["widgets"]
    return found


def _target(reference: dict[str, Any]) -> str:
    name = reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0]
    return str(name)


def shown(template: Template) -> Iterator[list[Any]]:
    """Each metric on the dashboard: namespace, name, dimensions."""
    for widget in widgets(template):
        for metric in widget["properties"].get("metrics", ()):
            if isinstance(metric[0], str):
                yield metric[:-1]


def test_every_metric_is_one_that_a_resource_of_the_stack_or_a_function_has(
    template: Template,
) -> None:
    shown_metrics = list(shown(template))
    assert len(shown_metrics) > 40
    for namespace, name, *dimensions in shown_metrics:
        if namespace == "@AWS::StackName":
            dimension, value = dimensions or (None, None)
            assert (name, dimension) in OWN
            assert dimension is None or value in VALUES[dimension]
            continue
        dimension, types, names = PUBLISHED[namespace]
        assert (name in names, dimensions[0]) == (True, dimension)
        named = dimensions[1].removeprefix("@")
        ids = {id: one for type in types for id, one in template.of_type(type).items()}
        physical = {one["Properties"].get("Name") for one in ids.values()}
        assert named in ids or named in physical


def test_it_shows_every_alarm_function_table_and_reason(template: Template) -> None:
    [status] = [widget for widget in widgets(template) if widget["type"] == "alarm"]
    alarms = [*template.of_type("AWS::CloudWatch::Alarm")]
    alarms += template.of_type("AWS::CloudWatch::CompositeAlarm")
    assert {arn.removeprefix("@") for arn in status["properties"]["alarms"]} == set(alarms)
    named = {metric[3].removeprefix("@") for metric in shown(template) if len(metric) > 3}
    assert named >= {*template.of_type("AWS::Lambda::Function")}
    assert named >= {*template.of_type("AWS::DynamoDB::Table")}
    assert named >= VALUES["Reason"] - {"conflict", "not-found", "invalid-cursor"}
    unseen = {"AccessDenied", "Degraded"}  # an alarm has the one, a stage with search the other
    assert {name for name, _ in OWN} - unseen <= {metric[1] for metric in shown(template)}


@pytest.mark.parametrize(
    ("engine", "namespace", "names", "store"),
    [
        (
            "domain",
            "AWS/ES",
            {
                *("CPUUtilization", "FreeStorageSpace", "IndexingLatency", "JVMMemoryPressure"),
                "SearchLatency",
            },
            "SearchDomain",
        ),
        (
            "serverless",
            "AWS/AOSS",
            {"2xx", "4xx", "5xx", "IngestionRequestLatency", "SearchRequestLatency"},
            "SearchCollection",
        ),
    ],
)
def test_a_stage_with_search_shows_it(
    tmp_path: Any, engine: str, namespace: str, names: set[str], store: str
) -> None:
    """https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-cloudwatchmetrics.html
    and .../monitoring-cloudwatch.html
    """
    settings = load(stage="prod", context={"search.engine": engine}, environ={})
    template = Template(unbundled(settings, tmp_path).template())
    found = [metric for metric in shown(template) if metric[0] == namespace]
    assert {metric[1] for metric in found} == names
    for _, _, *dimensions in found:
        assert f"@{store}" in dimensions
        assert "@AWS::AccountId" in dimensions
    projectors = {tuple(metric[2:]) for metric in shown(template) if metric[1] == "Projected"}
    assert projectors == {("Projector", "by-type"), ("Projector", "search")}
    assert [m[2:] for m in shown(template) if m[1] == "Degraded"] == [["Projector", "search"]]


def test_it_answers_four_questions(template: Template) -> None:
    titles = [widget["properties"]["title"] for widget in widgets(template)]
    for question in ("Is it healthy", "How fast", "How much", "What does it cost"):
        assert any(title.startswith(question) for title in titles)
    statistics = {
        metric[-1]["stat"]
        for widget in widgets(template)
        for metric in widget["properties"].get("metrics", ())
        if metric[:2] == ["AWS/ApiGateway", "Latency"]
    }
    assert statistics == {"p50", "p99"}


def test_what_an_hour_costs_adds_up_from_what_was_used(template: Template) -> None:
    """By CloudWatch's arithmetic, a million of each: requests, calls of 10 ms, units."""
    [costs] = [w for w in widgets(template) if w["properties"]["title"].startswith("What does")]
    rows = costs["properties"]["metrics"]
    used: dict[str, float] = {}
    dollars: dict[str, float] = {}
    for row in rows:
        if isinstance(row[0], str):
            used[row[-1]["id"]] = 10e6 if row[1] == "Duration" else 1e6
            assert (row[-1]["stat"], row[-1]["period"]) == ("Sum", 3600)
    for row in rows:
        if not isinstance(row[0], str):
            terms = re.findall(r"(\w+) \* ([0-9.]+)", row[0]["expression"])
            assert row[0]["expression"] == " + ".join(f"{id} * {price}" for id, price in terms)
            dollars[row[0]["label"]] = sum(used[id] * float(price) for id, price in terms)
    settings = load(stage="prod", environ={})
    functions = {
        "Write": settings.write,
        "Read": settings.read,
        "Docs": settings.docs,
        "ByTypeProjector": settings.by_type_projector,
        "ByTypeReplay": settings.by_type_replay,
    }
    assert dollars == pytest.approx(
        {
            "API": 3.50,
            **{
                name: 1e6 * (one.memory_mb / 1024 * 0.01 * 0.0000133334 + 0.20e-6)
                for name, one in functions.items()
            },
            "Log writes": 0.625,
            "Log reads": 0.125,
            "ByType writes": 0.625,
            "ByType reads": 0.125,
        }
    )
    [whole] = [w for w in widgets(template) if w["properties"].get("view") == "singleValue"]
    expressions = [row[0] for row in whole["properties"]["metrics"] if not isinstance(row[0], str)]
    [total] = [one["expression"] for one in expressions if one["expression"].startswith("SUM")]
    parts = re.findall(r"cost\d+", total)
    assert total == f"SUM([{', '.join(parts)}])"
    summed = [one["expression"] for one in expressions if one.get("id") in parts]
    assert sorted(summed) == sorted(row[0]["expression"] for row in rows if len(row) == 1)


def test_prices_are_dated_and_name_their_source() -> None:
    said = prices.__doc__ or ""
    assert re.search(r"as of \d{4}-\d\d", said)
    assert said.count("https://aws.amazon.com/") == 3


def test_a_stage_can_do_without(tmp_path: Any) -> None:
    settings = load(stage="dev", environ={}).model_copy(update={"dashboard": False})
    template = Template(unbundled(settings, tmp_path).template())
    assert template.properties("AWS::CloudWatch::Dashboard") == []
