"""Something that serves one call after the other, such as a partition."""

from dataclasses import dataclass

import simpy

Events = simpy.Environment
"""The simulation's clock and agenda."""


@dataclass(slots=True)
class Server:
    """`free` is when the last call that it has taken ends; `busy` the seconds of them all."""

    free: float = 0.0
    busy: float = 0.0

    def take(self, now: float, seconds: float) -> float:
        """Serve a call behind all others; when it ends."""
        self.free = max(self.free, now) + seconds
        self.busy += seconds
        return self.free
