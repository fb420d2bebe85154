"""What stands on standard output: lines that CloudWatch reads as logs, and others as metrics."""

import io
import json
from typing import Any

import pytest

from domain.metrics import (
    APPENDED,
    DUPLICATES,
    PROJECTED,
    PROJECTION_LAG,
    REJECTED,
    REJECTED_BY_REASON,
    Measured,
)
from domain.telemetry import embedded_metrics, event_keys, telemetry
from tests.builders import an_event


def emitted(*invocations: Measured) -> list[dict[str, Any]]:
    lines: list[str] = []
    emit = embedded_metrics("event-logger-dev", write=lines.append)
    for measured in invocations:
        emit(measured)
    return [json.loads(line) for line in lines]


def read_as_cloudwatch_does(line: dict[str, Any]) -> dict[tuple[str, ...], tuple[str, Any]]:
    """Unit and values by namespace, metric and dimensions, as the specification has it."""
    return {
        (
            directive["Namespace"],
            metric["Name"],
            *(f"{name}={line[name]}" for name in dimensions),
        ): (metric["Unit"], line[metric["Name"]])
        for directive in line["_aws"]["CloudWatchMetrics"]
        for dimensions in directive["Dimensions"]
        for metric in directive["Metrics"]
    }


def test_what_has_no_dimension_shares_a_line_and_each_dimensions_value_has_its_own() -> None:
    measured = Measured(
        {
            (APPENDED, None): 3,
            (DUPLICATES, None): 1,
            (REJECTED, None): 3,
            (REJECTED_BY_REASON, "invalid-event"): 2,
            (REJECTED_BY_REASON, "too-large"): 1,
            (PROJECTED, "by-type"): 7,
            (PROJECTION_LAG, "by-type"): 1250,
        }
    )
    lines = emitted(measured)
    assert len(lines) == 4
    found: dict[tuple[str, ...], tuple[str, Any]] = {}
    for line in lines:
        found |= read_as_cloudwatch_does(line)
    namespace = "event-logger-dev"
    assert found == {
        (namespace, "Appended"): ("Count", [3]),
        (namespace, "Duplicates"): ("Count", [1]),
        (namespace, "Rejected"): ("Count", [3]),
        (namespace, "Rejected", "Reason=invalid-event"): ("Count", [2]),
        (namespace, "Rejected", "Reason=too-large"): ("Count", [1]),
        (namespace, "Projected", "Projector=by-type"): ("Count", [7]),
        (namespace, "ProjectionLag", "Projector=by-type"): ("Milliseconds", [1250]),
    }


def test_an_invocation_knows_nothing_of_the_one_before_it() -> None:
    first, second = emitted(Measured({(APPENDED, None): 5}), Measured({(DUPLICATES, None): 1}))
    assert first["Appended"] == [5]
    assert "Appended" not in second


def test_an_invocation_that_measured_nothing_writes_nothing() -> None:
    assert emitted(Measured()) == []


def test_lines_and_metrics_share_the_stream_and_lines_below_the_level_are_left_out() -> None:
    out = io.StringIO()
    told = telemetry("test-telemetry", level="INFO", namespace="n", stream=out)
    told.logger.debug("silent")
    told.logger.info("loud", event_id="é\n")
    told.emit(Measured({(APPENDED, None): 1}))
    line, metrics = map(json.loads, out.getvalue().splitlines())
    assert (line["message"], line["level"], line["event_id"]) == ("loud", "INFO", "é\n")
    assert line["service"] == "test-telemetry"
    assert line["timestamp"].endswith("+00:00")
    assert metrics["Appended"] == [1]


def test_a_line_has_the_trace_that_lambda_runs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    root = "1-67a1b2c3-0123456789abcdef01234567"
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={root};Parent=53995c3f42cd8ad8;Sampled=1")
    out = io.StringIO()
    telemetry("test-trace", level="INFO", namespace="n", stream=out).logger.info("here")
    assert json.loads(out.getvalue())["xray_trace_id"] == root


def test_a_line_about_an_event_names_id_type_and_trace_and_nothing_else_of_it() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert event_keys(an_event("1", type="t", source="/s", subject="secret")) == {
        "event_id": "1",
        "event_type": "t",
    }
    assert event_keys(an_event("1", type="t", traceparent=trace))["traceparent"] == trace
    assert event_keys(None) == {}
