"""Brings one batch to its end: invoked, retried, bisected or given up, as the mapping says.

Invariant: a record counts as finished only when the function handled it or the on-failure
destination took it, and no record of a batch is tried while an earlier one is unfinished.
"""

import itertools
import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from infra.local.event_source_mapping import INFINITE, Mapping
from infra.local.failed_batch import Condition, FailedBatch, describe
from infra.local.retry_policy import Attempt, first_failure, judge
from infra.local.stream_records import StreamRecord, event_text

logger = logging.getLogger(__name__)

# DynamoDB Local cuts ApproximateCreationDateTime to the minute: a record is too old only when it
# would be so had it been written at the end of that minute.
TIMESTAMP_GRAIN = 60.0


def short_backoff(retry: int) -> float:
    """Seconds before the nth retry: 0.1 at first, doubled up to 3.2 (Lambda's are longer)."""
    return 0.1 * float(2 ** min(retry - 1, 5))


class InvocationError(Exception):
    """The function raised or timed out, or (`throttled`) was not invoked at all."""

    def __init__(
        self, message: str, *, function_error: str = "Unhandled", throttled: bool = False
    ) -> None:
        super().__init__(message)
        self.function_error = function_error
        self.throttled = throttled


@dataclass(frozen=True)
class BatchDelivery:
    """Invokes the function with batches of one shard until each record is finished.

    `finished` is told of records that need no more work; `clock` gives epoch seconds; `backoff`
    the seconds before the nth retry.
    """

    mapping: Mapping
    shard_id: str
    invoke: Callable[[dict[str, Any]], object]
    on_failure: Callable[[FailedBatch], None]
    finished: Callable[[Sequence[StreamRecord]], None]
    clock: Callable[[], float]
    backoff: Callable[[int], float]
    stopping: threading.Event

    def deliver(self, records: Sequence[StreamRecord]) -> None:
        """Return when all records are finished, or soon after `stopping` is set.

        Raises:
            Exception: whatever `invoke` raises besides InvocationError: a fault of the runner.
        """
        pending = [Attempt(tuple(records))]
        while pending and not self.stopping.is_set():
            pending.extend(reversed(self._advance(pending.pop())))

    def _advance(self, attempt: Attempt) -> tuple[Attempt, ...]:
        """One step with an attempt; the attempts that it leaves, in order."""
        expired = self._expired(attempt)
        if not expired:
            return self._invoke(attempt)
        self._give_up(replace(attempt, records=expired), condition="RecordAgeExceeded")
        fresh = attempt.records[len(expired) :]
        return (replace(attempt, records=fresh),) if fresh else ()

    def _invoke(self, attempt: Attempt) -> tuple[Attempt, ...]:
        try:
            response = self.invoke(json.loads(event_text(attempt.records)))
        except InvocationError as error:
            logger.warning("%s: invocation failed: %s", self.mapping.name, error)
            if error.throttled:  # before invocation: no retry is used up, nothing is bisected
                self.stopping.wait(self.backoff(attempt.failures + 1))
                return (attempt,)
            return self._follow(replace(attempt, function_error=error.function_error), 0)
        reported = self.mapping.report_failures
        failed_at = first_failure(response, attempt.records) if reported else None
        return self._follow(replace(attempt, function_error=None), failed_at)

    def _follow(self, attempt: Attempt, failed_at: int | None) -> tuple[Attempt, ...]:
        if failed_at is None:
            self.finished(attempt.records)
            return ()
        verdict = judge(attempt, failed_at, self.mapping)
        self.finished(verdict.handled)
        if verdict.exhausted:
            self._give_up(verdict.exhausted, condition="RetryAttemptsExhausted")
        elif verdict.again[0].failures > attempt.failures:
            self.stopping.wait(self.backoff(verdict.again[0].failures))
        return verdict.again

    def _expired(self, attempt: Attempt) -> tuple[StreamRecord, ...]:
        if self.mapping.max_age == INFINITE:
            return ()
        oldest = self.clock() - self.mapping.max_age - TIMESTAMP_GRAIN
        return tuple(takewhile(lambda record: record.created < oldest, attempt.records))

    def _give_up(self, attempt: Attempt, *, condition: Condition) -> None:
        """Hand the records to the destination, however often that takes."""
        failed = describe(
            attempt,
            condition=condition,
            mapping=self.mapping,
            shard_id=self.shard_id,
            now=self.clock(),
        )
        for tries in itertools.count(1):
            if self.stopping.is_set():
                return
            try:
                self.on_failure(failed)
            except Exception:
                # Passing over the batch would lose it: the shard waits for its destination.
                logger.exception("%s: on-failure destination refused", self.mapping.name)
                self.stopping.wait(self.backoff(tries))
            else:
                self.finished(attempt.records)
                return
