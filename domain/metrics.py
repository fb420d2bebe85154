"""What the functions measure: each metric once, for code, alarms, dashboard and docs.

Invariant: an invocation's measurements are emitted once, at its end, so that sums are exact.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric; `unit` is CloudWatch's name of it, `dimension` what tells its series apart."""

    name: str
    unit: Literal["Count", "Milliseconds"] = "Count"
    dimension: str | None = None


APPENDED = Metric("Appended")
DUPLICATES = Metric("Duplicates")
CONFLICTS = Metric("Conflicts")
REJECTED = Metric("Rejected")
REJECTED_BY_REASON = Metric("Rejected", dimension="Reason")
PROJECTED = Metric("Projected", dimension="Projector")
PARKED = Metric("Parked", dimension="Projector")
DEGRADED = Metric("Degraded", dimension="Projector")
PROJECTION_LAG = Metric("ProjectionLag", "Milliseconds", dimension="Projector")

ACCESS_DENIED = Metric("AccessDenied")
"""The one that no function emits: it is counted in their logs, since what is denied raises."""

Measured = Counter[tuple[Metric, str | None]]
"""The number of each metric and, where it has a dimension, that dimension's value."""

Emit = Callable[[Measured], None]
"""Takes what one invocation has measured."""
