"""When a request is made again, and after which pause.

Invariant: all requests are safe to repeat, since an event's id makes appending it idempotent.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

from api.client.errors import ApiError, RefusedError, UnreachableError

_WORTH_ANOTHER = {429, 500, 502, 503, 504}
_PERMANENT_KINDS = {"unreadable"}  # 500, for an item that is no event


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """At most `tries` requests; the n-th pause is drawn from 0 to `first` * 2**n seconds.

    That is "full jitter"; no pause is longer than `longest`. A `Retry-After` comes on top of it;
    one longer than `longest` ends the call at once, with `retry_after` in the error.
    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """

    tries: int = 6
    first: float = 0.1
    longest: float = 20.0
    draw: Callable[[], float] = field(default=random.random, repr=False)

    def pause(self, error: ApiError, *, tried: int) -> float | None:
        """Seconds until the next try, after so many; None where there is to be none."""
        if tried >= self.tries or not _may_pass(error):
            return None
        asked = error.retry_after if isinstance(error, RefusedError) else None
        if asked is not None and asked > self.longest:
            return None
        longest = min(self.longest, self.first * 2.0 ** (tried - 1))
        return (asked or 0.0) + self.draw() * longest


def seconds_to_wait(retry_after: str | None, *, date: str | None) -> float | None:
    """A `Retry-After` in seconds; a time is taken relative to the answer's `Date`.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.strip().isdigit():
        return float(retry_after)
    until, now = http_date(retry_after), http_date(date)
    return None if until is None or now is None else max(0.0, (until - now).total_seconds())


def http_date(text: str | None) -> datetime | None:
    """The moment of an HTTP date; None for what is none."""
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None


def _may_pass(error: ApiError) -> bool:
    if isinstance(error, RefusedError):
        problem = error.problem
        return problem.status in _WORTH_ANOTHER and problem.kind not in _PERMANENT_KINDS
    return isinstance(error, UnreachableError)
