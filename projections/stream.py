"""Lambda's contract with a DynamoDB stream: records in, the sequence numbers that failed out.

Invariant: a record is projected, parked or named as failed, and never anything less. One that
cannot be read or that the projection refuses keeps no other from being projected.
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from domain.errors import UnreadableItemError
from domain.event import Event
from domain.item import Item, event_of
from domain.metrics import Measured
from domain.telemetry import Telemetry, event_keys
from projections.batch_account import BatchAccount

Batch = dict[str, Any]
RawRecord = dict[str, Any]

SLICE_MILLISECONDS = 35_000
"""Time that must be left to begin another slice: what a slice takes at worst, while the target
hangs until its client's last try."""

PARKING_MILLISECONDS = 8_000
"""Time that must be left to park a record: what that takes at worst."""

_REASONS = 5
"""Different reasons that a line in the log names."""

SLICE = 100
"""Records that are projected between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Unprojected:
    """An event that a projection did not take. If `passing`, trying again may help."""

    event: Event
    reason: str
    passing: bool


Project = Callable[[list[Event]], list[Unprojected]]
"""Puts events into a projection; gives back those that it did not take."""

Hopeless = tuple[RawRecord, str, Event | None]
"""A record that can never be projected, the reason, and its event if it could be read."""

Park = Callable[[RawRecord, str], None]
"""Keeps a stream record, and the reason why it cannot be projected, for later."""


class Context(Protocol):
    """What is used of Lambda's context object."""

    @property
    def aws_request_id(self) -> str:
        """The invocation's id."""
        ...

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""
        ...


class ParkingFailedError(Exception):
    """A record could not be parked."""


def handler_of(
    *,
    project: Project,
    park: Park,
    projector: str,
    telemetry: Telemetry,
    measured: Callable[[], Measured] = Measured,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Callable[[Batch, Context], Batch]:
    """A Lambda handler for stream batches that answers in the partial batch failure format.

    This is the one place that decides what becomes of a record: a fault that may pass is left to
    the stream's retries, one that will not is parked at once, and what there is no time for is
    left undone rather than cut off. `measured` gives what the projection itself has measured since
    it was last asked.
    """
    logger = telemetry.logger

    def handle(batch: Batch, context: Context) -> Batch:
        raw_records: list[RawRecord] = batch["Records"]
        account = BatchAccount([_number(raw) for raw in raw_records])
        with logger.append_context_keys(correlation_id=context.aws_request_id):
            for start in range(0, len(raw_records), SLICE):
                records = raw_records[start : start + SLICE]
                if start and context.get_remaining_time_in_millis() < SLICE_MILLISECONDS:
                    logger.warning("no time left", undone=len(raw_records) - start)
                    account.fail(*(_number(record) for record in raw_records[start:]))
                    break
                hopeless = _project(records, project, account, now=now, logger=logger)
                _park(hopeless, park, account, context=context, logger=logger)
            logger.info("batch", **account.summary())
        telemetry.emit(account.measured(projector) + measured())
        return {"batchItemFailures": [{"itemIdentifier": number} for number in account.failed]}

    return handle


def read_record(raw: RawRecord) -> Event:
    """A stream record, as Lambda hands it over → the event that was appended.

    Raises:
        UnreadableItemError: its image is not an event's item.
    """
    try:
        image = raw["dynamodb"]["NewImage"]
    except KeyError as error:
        raise UnreadableItemError("the record has no image") from error
    return event_of(_item(image))


def _project(
    records: list[RawRecord],
    project: Project,
    account: BatchAccount,
    *,
    now: Callable[[], datetime],
    logger: Logger,
) -> list[Hopeless]:
    """Project records; gives back what never will be."""
    readable: list[tuple[RawRecord, Event]] = []
    hopeless: list[Hopeless] = []
    for raw in records:
        try:
            readable.append((raw, read_record(raw)))
        except UnreadableItemError as error:
            hopeless.append((raw, str(error), None))
    unprojected = {failure.event.id: failure for failure in project([e for _, e in readable])}
    if reasons := sorted({one.reason for one in unprojected.values() if one.passing}):
        logger.warning("records left to the stream", reasons=reasons[:_REASONS])
    at = now()
    for raw, event in readable:
        failure = unprojected.get(event.id)
        if failure is None:
            account.project(_number(raw), event, at=at)
            logger.debug("event projected", **event_keys(event))
        elif failure.passing:
            account.fail(_number(raw))
        else:
            hopeless.append((raw, failure.reason, event))
    return hopeless


def _park(
    hopeless: list[Hopeless],
    park: Park,
    account: BatchAccount,
    *,
    context: Context,
    logger: Logger,
) -> None:
    """Park records; those that could not be, or not in time, have failed."""
    for raw, reason, event in hopeless:
        number = _number(raw)
        about = {"event_id": event_id(raw), **event_keys(event)}
        about |= {"sequence_number": number, "reason": reason}
        if context.get_remaining_time_in_millis() < PARKING_MILLISECONDS:
            logger.warning("no time left to park", **about)
            account.fail(number)
            continue
        try:
            park(raw, reason)
        except ParkingFailedError:
            logger.exception("record not parked", **about)
            account.fail(number)
        else:
            logger.error("record parked", **about)
            account.park(number)


def event_id(raw: RawRecord) -> str:
    """The id that a record is about, whether its event can be read or not."""
    id: str = raw["dynamodb"]["Keys"]["id"]["S"]
    return id


def _number(raw: RawRecord) -> str:
    number: str = raw["dynamodb"]["SequenceNumber"]
    return number


def _item(image: Any) -> Item:
    """An image with its hash as bytes: Lambda's JSON carries binary values in base64."""
    try:
        text = image["hash"]["B"]
    except (KeyError, TypeError):
        return image  # type: ignore[no-any-return]  # which then is no event's item
    try:
        return {**image, "hash": {"B": base64.b64decode(text, validate=True)}}
    except (TypeError, ValueError) as error:
        raise UnreadableItemError("the attribute 'hash' is not base64") from error
