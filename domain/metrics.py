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
"""Events answered with 201, or `created` in a batch."""

DUPLICATES = Metric("Duplicates")
"""Events that the log had already, with the same content."""

CONFLICTS = Metric("Conflicts")
"""Events whose id another event has."""

REJECTED = Metric("Rejected")
"""Events refused for another reason, each once; also requests refused as a whole, and bearer
tokens."""

REJECTED_BY_REASON = Metric("Rejected", dimension="Reason")
"""The same by reason: the end of the problem's `type`, such as `invalid-event`, or
`unauthorized`."""

PROJECTED = Metric("Projected", dimension="Projector")
"""Events put into a projection: `by-type` from the stream, `by-type-replay` by a distributed
rebuild."""

PARKED = Metric("Parked", dimension="Projector")
"""Records parked by the projector itself."""

DEGRADED = Metric("Degraded", dimension="Projector")
"""Events in the projection of which something could not be indexed; the field `degraded` of each
says what."""

PROJECTION_LAG = Metric("ProjectionLag", "Milliseconds", dimension="Projector")
"""From an event's `recorded_at` to its projection, the longest of a batch."""

ACCESS_DENIED = Metric("AccessDenied")
"""Lines of the functions' logs that say a permission or a key is missing; no function emits it,
since what is denied raises."""

Measured = Counter[tuple[Metric, str | None]]
"""The number of each metric and, where it has a dimension, that dimension's value."""

Emit = Callable[[Measured], None]
"""Takes what one invocation has measured."""
