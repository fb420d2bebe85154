"""What a distributed rebuild takes: an upper bound from what DynamoDB says about the log.

Prices are list prices of us-east-1 as of 2026-11; other regions cost up to about twice as much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from projections.table_facts import DOLLARS_PER_WRITE_UNIT, table_facts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# https://aws.amazon.com/dynamodb/pricing/on-demand/
DOLLARS_PER_EXPORTED_GB = 0.10
# https://aws.amazon.com/step-functions/pricing/
DOLLARS_PER_TRANSITION = 0.025 / 1_000
# https://aws.amazon.com/lambda/pricing/ (Arm)
DOLLARS_PER_GB_SECOND = 0.0000133334

_GB = 1024**3
_EVENTS_A_SECOND = 1_000  # of one worker without a rate: an assumption, not a limit
_FUNCTION_GB = 1
_CALL_SECONDS = 890
_PARTITION_BYTES = 10 * _GB  # an export has at least a file for each
_TRANSITIONS_OF_RUN = 10
_TRANSITIONS_OF_FILE = 1
_TRANSITIONS_OF_CALL = 2


@dataclass(frozen=True, slots=True)
class DistributedEstimate:
    """What a run would take; `seconds` is that of the replay, without the export."""

    events: int
    bytes: int
    write_units: int
    transitions: int
    gb_seconds: int
    dollars: float
    seconds: float


def estimate(
    client: DynamoDBClient, *, log_table: str, workers: int, rate: float | None
) -> DistributedEstimate:
    """What a rebuild of the log's size takes, at `rate` events a second over all workers.

    A row is made to fit one write unit; only an envelope of more than 1 KB costs a second one.

    Raises:
        ClientError: the table cannot be described.
    """
    facts = table_facts(client, log_table)
    of_worker = min(_EVENTS_A_SECOND, math.inf if rate is None else rate / workers)
    working = facts.items / of_worker
    files = max(1, math.ceil(facts.bytes / _PARTITION_BYTES))
    calls = files + math.ceil(working / _CALL_SECONDS)
    transitions = _TRANSITIONS_OF_RUN + files * _TRANSITIONS_OF_FILE + calls * _TRANSITIONS_OF_CALL
    gb_seconds = math.ceil(working * _FUNCTION_GB)
    return DistributedEstimate(
        events=facts.items,
        bytes=facts.bytes,
        write_units=facts.items,
        transitions=transitions,
        gb_seconds=gb_seconds,
        dollars=facts.bytes / _GB * DOLLARS_PER_EXPORTED_GB
        + facts.items * DOLLARS_PER_WRITE_UNIT
        + transitions * DOLLARS_PER_TRANSITION
        + gb_seconds * DOLLARS_PER_GB_SECOND,
        seconds=working / workers,
    )
