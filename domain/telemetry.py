"""What a function tells of itself: JSON lines and embedded metrics, both on standard output.

Invariant: neither needs a permission or a call; no line holds a payload, a token or a signature.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TextIO

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from domain.event import Event, NewEvent
from domain.metrics import Emit, Measured, Metric


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Where a function's log lines and its measurements go."""

    logger: Logger
    emit: Emit


def telemetry(
    service: str, *, level: str, namespace: str, stream: TextIO | None = None
) -> Telemetry:
    """Lines under the name `service` and from `level` on, metrics in `namespace`."""
    out = stream or sys.stdout
    logger = Logger(service=service, level=level, stream=out, use_rfc3339=True, utc=True)
    return Telemetry(logger, embedded_metrics(namespace, write=lambda line: print(line, file=out)))


def event_keys(event: Event | NewEvent | None) -> dict[str, Any]:
    """What a line about an event says of it; nothing of one that could not be read."""
    if event is None:
        return {}
    keys = {"event_id": event.id, "event_type": event.type}
    return keys if event.traceparent is None else {**keys, "traceparent": event.traceparent}


def embedded_metrics(namespace: str, *, write: Callable[[str], object]) -> Emit:
    """Metrics as lines: one for all without a dimension, and one for each value of a dimension.

    Only what was measured is written, since a metric that is never written costs nothing.
    """

    def emit(measured: Measured) -> None:
        lines: dict[tuple[str | None, str | None], list[tuple[Metric, int]]] = defaultdict(list)
        for (metric, value), number in measured.items():
            lines[metric.dimension, value].append((metric, number))
        for (dimension, value), metrics in lines.items():
            # Not `Metrics`, whose numbers are the process's: these are this invocation's alone.
            line = EphemeralMetrics(namespace=namespace)
            if dimension is not None and value is not None:
                line.add_dimension(dimension, value)
            for metric, number in metrics:
                line.add_metric(metric.name, metric.unit, number)
            write(json.dumps(line.serialize_metric_set()))

    return emit
