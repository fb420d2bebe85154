"""A distribution in four numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Distribution:
    """Of `count` samples, in their own unit."""

    count: int
    p50: float
    p90: float
    p99: float
    max: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> "Distribution":
        """Nearest ranks; there is at least one sample."""
        ordered = sorted(samples)
        p50, p90, p99 = (ordered[ceil(len(ordered) * share) - 1] for share in (0.5, 0.9, 0.99))
        return cls(len(ordered), p50, p90, p99, ordered[-1])
