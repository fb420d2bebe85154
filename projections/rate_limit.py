"""A rate that several threads keep together.

Invariant: in any span of t seconds at most `rate * t` events, and one batch, are let through.
"""

import time
from collections.abc import Callable
from threading import Event as Flag
from threading import Lock

from projections.patience import wait


class RateLimit:
    """A token bucket that is never fuller than one batch; `rate` in events per second, or none."""

    def __init__(self, rate: float | None, *, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._now = now
        self._lock = Lock()
        self._free_at = now()

    def take(self, events: int, *, stopped: Flag) -> None:
        """Wait until so many events may pass; the next ones wait until these are paid for.

        Raises:
            StoppedError: `stopped` was set while waiting.
        """
        if self._rate is None:
            return
        with self._lock:
            begin = max(self._free_at, self._now())
            self._free_at = begin + events / self._rate
        wait(begin - self._now(), stopped=stopped)
