"""Step Functions' retries: which error is tried again, and after how long.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

import random
from collections.abc import Sequence

from infra.local.step_functions.error import UNCATCHABLE
from infra.local.step_functions.language import Retrier


class Retries:
    """The retriers of a state, from its entry on; each counts its own attempts."""

    def __init__(self, retriers: Sequence[Retrier]) -> None:
        self._retriers = retriers
        self._attempts = [0] * len(retriers)

    def pause(self, error: str) -> float | None:
        """Seconds to wait before the next try; None when there is none."""
        for number, retrier in enumerate(self._retriers):
            if not any(_matches(name, error) for name in retrier.error_equals):
                continue
            made = self._attempts[number]
            if made >= retrier.max_attempts:
                return None
            self._attempts[number] += 1
            return _pause(retrier, made)
        return None


def _pause(retrier: Retrier, made: int) -> float:
    longest = retrier.interval_seconds * retrier.backoff_rate**made
    longest = min(longest, retrier.max_delay_seconds or longest)
    if retrier.jitter_strategy == "FULL":
        return random.uniform(0, longest)  # noqa: S311  # jitter
    return longest


def _matches(name: str, error: str) -> bool:
    """States.TaskFailed is any error of a task but a timeout."""
    if name == "States.TaskFailed":
        return error != "States.Timeout" and error not in UNCATCHABLE
    return name == error
