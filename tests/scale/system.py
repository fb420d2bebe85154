"""What the model is told of a system: rates, limits and how long things take.

Units: seconds, events and DynamoDB write units; an event of up to 1 KB is one unit in each table.
"""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that a call takes: `fixed`, and `each` event of it more."""

    fixed: float
    each: float

    def of(self, events: int) -> float:
        """The seconds of a call about so many events."""
        return self.fixed + self.each * events


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """How one projection follows the log's stream.

    `poll` passes between two looks at a shard while it is empty, `rest` while records come. `own`
    is what an invocation takes by itself, of which `concurrency` go on at a time; `target` what it
    takes of the target, which serves one call after the other. A target with partitions takes
    `row_units` a second in each of them.
    """

    name: str
    poll: float = 0.25
    rest: float = 0.25
    batch: int = 500
    window: float = 1.0
    lanes: int = 1
    concurrency: float = inf
    own: Cost
    target: Cost = Cost(0.0, 0.0)
    row_units: float = inf


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Events come at `rate`, `size` in a request; beyond a limit, a request is refused.

    The log has `partitions` of `units` write units a second, and its stream a shard for each.
    `types` are the shares of the types, each of which has `type_shards` partitions in the listing.
    """

    rate: float
    size: int = 1
    requests_per_second: float = inf
    burst: float = 1.0
    write: Cost
    concurrency: float = inf
    partitions: int = 1
    units: float = inf
    stream_delay: float = 0.0
    types: tuple[float, ...] = (1.0,)
    type_shards: int = 4
    projections: tuple[Projection, ...]
