"""How a stage fares: each projection's lag, what is parked, and the last error.

Invariant: what could not be measured is None, never a number that looks healthy.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.timestamps import format_utc

BEHIND_SECONDS = 5 * 60
"""A projection that lags so much is behind, for the alarm as for the command."""

TABLE_GONE = "table is gone"
"""The state of a projection without its table, whatever its mapping's."""

_RUNNING = {"Creating", "Enabled", "Enabling", "Updating"}


@dataclass(frozen=True, slots=True)
class LoggedError:
    """An error that a function has logged; `at` is UTC, RFC 3339."""

    at: str
    message: str


@dataclass(frozen=True, slots=True)
class Condition:
    """How what holds a projection fares: `fault` says what is wrong, None if nothing is.

    `facts` are more about it, by name; of a fact that is not known, the value is None.
    """

    fault: str | None = None
    facts: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectionStatus:
    """One projection.

    `state` is that of its event source mapping, or what is wrong with what holds the projection.
    `lag_seconds` is the age of the oldest event that is not projected: 0 when all are, None when
    nothing tells. `parked` counts objects.
    """

    name: str
    state: str
    lag_seconds: float | None
    parked: int
    last_error: LoggedError | None
    facts: Mapping[str, str | int | None] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        """Whether nothing waits for an operator."""
        on_time = (self.lag_seconds or 0) < BEHIND_SECONDS
        return self.state in _RUNNING and on_time and not self.parked


@dataclass(frozen=True, slots=True)
class Status:
    """A stage at a moment; `throttled` counts the log's writes and reads of the last hour."""

    stage: str
    at: str
    throttled: int | None
    projections: list[ProjectionStatus]

    @property
    def healthy(self) -> bool:
        """Whether nothing waits for an operator."""
        return not self.throttled and all(one.healthy for one in self.projections)


def logged_error(line: str) -> LoggedError | None:
    """The error in a line of a function's log, of our logger or of Lambda's; None if it is none.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
    """
    try:
        entry: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.get("level") != "ERROR":
        return None
    at = datetime.fromisoformat(entry["timestamp"].replace(",", "."))
    return LoggedError(format_utc(at), _message(entry))


def _message(entry: dict[str, Any]) -> str:
    """What was logged, with the reason; of an exception, the line that says it best."""
    if "reason" in entry:
        return f"{entry['message']}: {entry['reason']}"
    if "errorMessage" in entry:
        return f"{entry['errorType']}: {entry['errorMessage']}"
    trace = entry.get("stackTrace") or [entry["message"]]
    return str(trace[-1]).strip()
