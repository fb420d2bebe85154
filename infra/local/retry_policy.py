"""What becomes of a batch after an invocation that did not handle all of it. Pure.

Invariant: a verdict accounts for each record of the attempt exactly once, in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from infra.local.event_source_mapping import INFINITE, Mapping
from infra.local.stream_records import StreamRecord


@dataclass(frozen=True)
class Attempt:
    """Records to invoke the function with; `failures` counts those that used up the retry quota."""

    records: tuple[StreamRecord, ...]
    failures: int = 0
    function_error: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What follows: records handled, attempts to make next, in order, or the quota is used up."""

    handled: tuple[StreamRecord, ...] = ()
    again: tuple[Attempt, ...] = ()
    exhausted: Attempt | None = None


def first_failure(response: object, records: Sequence[StreamRecord]) -> int | None:
    """Where in the batch to go on after a response of the type ReportBatchItemFailures.

    None: all is handled. 0: the whole batch failed. Follows "Configuring partial batch response
    with DynamoDB and Lambda": the lowest sequence number is the checkpoint; a response that is
    malformed or names a record outside the batch is a complete failure.
    """
    if response is None:
        return None
    if not isinstance(response, dict):
        return 0
    failures = response.get("batchItemFailures")
    if failures is None or failures == []:
        return None
    places = {record.sequence_number: place for place, record in enumerate(records)}
    try:
        return min(places[failure["itemIdentifier"]] for failure in failures)
    except (KeyError, TypeError, ValueError):
        return 0


def judge(attempt: Attempt, failed_at: int, mapping: Mapping) -> Verdict:
    """What to do when the records from `failed_at` on failed (0: the whole batch).

    "Retain discarded records for a DynamoDB event source": splitting uses up no retry.
    "Configuring partial batch response": with bisect on as well, the batch is split at the
    returned sequence number and only the remaining records are retried.
    """
    handled, rest = attempt.records[:failed_at], attempt.records[failed_at:]
    if mapping.bisect and handled:
        return Verdict(handled, again=(replace(attempt, records=rest),))
    if mapping.bisect and len(rest) > 1:
        middle = len(rest) // 2
        halves = (rest[:middle], rest[middle:])
        return Verdict(again=tuple(replace(attempt, records=half) for half in halves))
    failed = replace(attempt, records=rest, failures=attempt.failures + 1)
    if mapping.max_retries != INFINITE and failed.failures > mapping.max_retries:
        return Verdict(handled, exhausted=failed)
    return Verdict(handled, again=(failed,))
