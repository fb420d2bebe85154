"""Waits of long replays: a fault that may pass is waited for, and every wait ends at once on stop.

Invariant: nothing here gives up silently; what was not done raises.
"""

import random
from collections.abc import Callable, Iterator
from threading import Event as Flag
from typing import TypeVar

from domain.dynamodb_faults import passing_faults_as_unavailable
from domain.errors import LogUnavailableError

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 20.0
_TRIES = 14  # about two minutes of pauses

Answer = TypeVar("Answer")


class StoppedError(Exception):
    """The replay is being stopped: another part of it failed, or the operator ended it."""


def wait(seconds: float, *, stopped: Flag) -> None:
    """Wait.

    Raises:
        StoppedError: as soon as `stopped` is set.
    """
    if stopped.wait(max(0.0, seconds)):
        raise StoppedError


def long_pauses() -> Iterator[float]:
    """Seconds to wait before each further try: exponential with jitter, at most 20 s each.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    for attempt in range(_TRIES - 1):
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt)
        yield random.uniform(longest / 2, longest)  # noqa: S311  # jitter


def patiently(call: Callable[[], Answer], *, stopped: Flag) -> Answer:
    """The answer of a DynamoDB call, made again while a fault may pass.

    Raises:
        LogUnavailableError: the fault did not pass in about two minutes.
        StoppedError: `stopped` was set while waiting.
    """
    pauses = long_pauses()
    while True:
        try:
            with passing_faults_as_unavailable():
                return call()
        except LogUnavailableError:
            if (pause := next(pauses, None)) is None:
                raise
        wait(pause, stopped=stopped)
