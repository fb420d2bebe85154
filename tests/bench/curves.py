"""Latency and cost of a function by its memory, from measured CPU.

Lambda gives a function of 1,769 MB one CPU, and one of less a share of it: the less memory, the
longer the CPU time takes; waiting takes as long as ever.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

from dataclasses import dataclass

from infra.cost.prices import PRICES

ONE_CPU_MB = 1_769
MEMORIES = (128, 256, 512, 1_024, 1_769)
DYNAMODB_SECONDS = 0.005
"""Taken for AWS's own answer to a call, in place of the local engine's."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Seconds of one CPU: until the first answer, and of a later one."""

    cold_cpu: float
    warm_cpu: float

    def cold(self, memory: int) -> float:
        """Seconds until the first answer; its waiting is little against its CPU time."""
        return self.cold_cpu / _share(memory)

    def warm(self, memory: int) -> float:
        """Seconds of a later answer."""
        return self.warm_cpu / _share(memory) + DYNAMODB_SECONDS

    def usd_per_million(self, memory: int) -> float:
        """What a million warm invocations cost."""
        gb_seconds = 1_000_000 * self.warm(memory) * memory / 1_024
        requests = PRICES["Lambda requests"].dollars
        return requests + gb_seconds * PRICES["Lambda time, arm64"].dollars


def _share(memory: int) -> float:
    """Of one CPU, which is all that one request of ours can use."""
    return min(1.0, memory / ONE_CPU_MB)
