"""How much has been sent lately: token buckets, and counts by calendar period.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

import threading
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

from infra.local.edge_resources import Quota, Throttle


class Buckets:
    """A token bucket per key, full until it is first taken from. `now` gives seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: Hashable, throttle: Throttle) -> bool:
        """Take a token; False where there is none."""
        with self._lock:
            now = self._now()
            left, since = self._buckets.get(key, (float(throttle.burst), now))
            left = min(float(throttle.burst), left + (now - since) * throttle.rate)
            taken = left >= 1
            self._buckets[key] = (left - taken, now)
            return taken


class Counts:
    """Requests per key in the period that is running."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._counts: dict[Hashable, tuple[object, int]] = {}
        self._lock = threading.Lock()

    def take(self, key: Hashable, quota: Quota) -> bool:
        """Count one request; False where the quota is used up."""
        with self._lock:
            period = _period(self._now(), quota)
            counted, count = self._counts.get(key, (period, 0))
            count = count if counted == period else 0
            taken = count < quota.limit
            self._counts[key] = (period, count + taken)
            return taken


def _period(now: datetime, quota: Quota) -> object:
    """What tells one period from the next; a week starts on Sunday."""
    match quota.period:
        case "DAY":
            return now.date()
        case "WEEK":
            return now.date() - timedelta(days=now.isoweekday() % 7)
        case "MONTH":
            return now.year, now.month
