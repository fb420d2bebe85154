"""Lambda's contract with a DynamoDB stream: records in, the sequence numbers that failed out.

Invariant: a record is projected, parked or named as failed, and never anything less. One that
cannot be read or that the projection refuses keeps no other from being projected.
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from domain.event import Event
from domain.item import Attribute, Item, event_of

Batch = dict[str, Any]
RawRecord = dict[str, Any]

RESERVED_MILLISECONDS = 5_000
"""Time that must be left to begin another slice: what a slice takes while the target is slow."""

SLICE = 100
"""Records that are projected between two looks at the clock."""

logger = Logger()


@dataclass(frozen=True, slots=True)
class Unprojected:
    """An event that a projection did not take. If `passing`, trying again may help."""

    event: Event
    reason: str
    passing: bool


Project = Callable[[list[Event]], list[Unprojected]]
"""Puts events into a projection; gives back those that it did not take."""

Park = Callable[[RawRecord, str], None]
"""Keeps a stream record, and the reason why it cannot be projected, for later."""


class Context(Protocol):
    """What is used of Lambda's context object."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""
        ...


class UnreadableRecordError(Exception):
    """A stream record does not hold an event of the log."""


class ParkingFailedError(Exception):
    """A record could not be parked."""


def handler_of(*, project: Project, park: Park) -> Callable[[Batch, Context], Batch]:
    """A Lambda handler for stream batches that answers in the partial batch failure format.

    This is the one place that decides what becomes of a record: a fault that may pass is left to
    the stream's retries, one that will not is parked at once, and what there is no time for is
    left undone rather than cut off.
    """

    def handle(batch: Batch, context: Context) -> Batch:
        raw_records: list[RawRecord] = batch["Records"]
        undone: list[str] = []
        for start in range(0, len(raw_records), SLICE):
            records = raw_records[start : start + SLICE]
            if start and context.get_remaining_time_in_millis() < RESERVED_MILLISECONDS:
                logger.warning("no time left", undone=len(raw_records) - start)
                undone += [_number(record) for record in raw_records[start:]]
                break
            undone += _handle_slice(records, project=project, park=park)
        return {"batchItemFailures": [{"itemIdentifier": number} for number in undone]}

    return handle


def read_record(raw: RawRecord) -> Event:
    """A stream record, as Lambda hands it over → the event that was appended.

    Raises:
        UnreadableRecordError: its image is not an event's item.
    """
    try:
        return event_of(_item(raw["dynamodb"]["NewImage"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableRecordError(f"unreadable: {type(error).__name__}: {error}") from error


def _handle_slice(records: list[RawRecord], *, project: Project, park: Park) -> list[str]:
    """Sequence numbers of the records that are neither projected nor parked."""
    readable: list[tuple[RawRecord, Event]] = []
    hopeless: list[tuple[RawRecord, str]] = []
    for raw in records:
        try:
            readable.append((raw, read_record(raw)))
        except UnreadableRecordError as error:
            hopeless.append((raw, str(error)))
    unprojected = {failure.event.id: failure for failure in project([e for _, e in readable])}
    undone = []
    for raw, event in readable:
        failure = unprojected.get(event.id)
        if failure is not None and failure.passing:
            undone.append(_number(raw))
        elif failure is not None:
            hopeless.append((raw, failure.reason))
    return undone + list(_unparked(hopeless, park))


def _unparked(hopeless: list[tuple[RawRecord, str]], park: Park) -> Iterator[str]:
    for raw, reason in hopeless:
        try:
            park(raw, reason)
        except ParkingFailedError:
            logger.exception("record not parked", sequence_number=_number(raw), reason=reason)
            yield _number(raw)
        else:
            logger.error("record parked", sequence_number=_number(raw), reason=reason)


def _number(raw: RawRecord) -> str:
    number: str = raw["dynamodb"]["SequenceNumber"]
    return number


def _item(image: dict[str, dict[str, str]]) -> Item:
    return {name: _attribute(value) for name, value in image.items()}


def _attribute(value: dict[str, str]) -> Attribute:
    """Lambda's JSON carries binary values in base64."""
    if "B" in value:
        try:
            return {"B": base64.b64decode(value["B"], validate=True)}
        except binascii.Error as error:
            raise ValueError("binary value is not base64") from error
    return {"S": value["S"]}
