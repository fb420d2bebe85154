"""Replays one data file of an export of the log into a projection, as far as the time goes.

Invariant: before the position that is given back, every item of the file is projected or parked.
It is a step of a state machine: it takes what it gave back and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from threading import Event as Flag
from threading import Timer
from typing import Any

from aws_lambda_powertools import Logger

from domain.metrics import PARKED, PROJECTED, Measured
from domain.telemetry import Telemetry
from projections.export_items import read_items
from projections.rate_limit import RateLimit
from projections.rebuild import project_all
from projections.stream import SLICE, SLICE_MILLISECONDS, Context, Park, Project, event_id

_BYTES_PER_SLICE = 4 * 1024 * 1024

Lines = Callable[[str], Iterator[bytes]]
"""A data file's key → its lines, one item each."""


@dataclass(frozen=True, slots=True)
class FileReplay:
    """How far a data file is replayed, and what became of its items.

    `position` counts the lines that are done; `rate` is in events a second, None for no bound.
    """

    key: str
    rate: float | None
    position: int = 0
    projected: int = 0
    unreadable: int = 0
    refused: int = 0
    done: bool = False


def handler_of(
    *, lines: Lines, project: Project, park: Park, projector: str, telemetry: Telemetry
) -> Callable[[dict[str, Any], Context], dict[str, Any]]:
    """A Lambda handler that takes a `FileReplay` as JSON and gives it back further on."""

    def handle(given: dict[str, Any], context: Context) -> dict[str, Any]:
        stopped = Flag()
        left = context.get_remaining_time_in_millis() - SLICE_MILLISECONDS
        alarm = Timer(max(0, left) / 1_000, stopped.set)
        alarm.daemon = True
        alarm.start()
        step = Step(project, park, RateLimit(given["rate"]), stopped, telemetry.logger)
        before = FileReplay(**given)
        with telemetry.logger.append_context_keys(correlation_id=context.aws_request_id):
            try:
                after = replay_file(before, lines=lines, step=step)
            finally:
                alarm.cancel()
            telemetry.logger.info("replayed", **asdict(after))
        telemetry.emit(_measured(before, after, projector=projector))
        return asdict(after)

    return handle


@dataclass(frozen=True, slots=True)
class Step:
    """One invocation: where events and other items go, how fast, and when to stop."""

    project: Project
    park: Park
    rate: RateLimit
    stopped: Flag
    logger: Logger


def replay_file(file: FileReplay, *, lines: Lines, step: Step) -> FileReplay:
    """Replay a file from its position until its end, a failure, or the time is over.

    What is done before a failure counts: the next call goes on from there, meets the failure at
    once and raises it. A call that gets nothing done raises, so that the calls come to an end.

    Raises:
        ProjectionBusyError: the projection takes no events.
        ParkingFailedError: what is to be parked cannot be.
        StoppedError: the time was not enough for one slice.
        ClientError, BotoCoreError, EOFError, ValueError: the file cannot be read, or is damaged.
    """
    reached = file
    try:
        for some in _slices(islice(lines(file.key), file.position, None)):
            if step.stopped.is_set() and reached is not file:
                return reached
            reached = _replay_slice(reached, some, step)
        return replace(reached, done=True)
    except Exception:
        if reached is file:
            raise
        step.logger.exception("left where it failed", key=file.key, position=reached.position)
        return reached


def _slices(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Lines in parts of at most `SLICE` lines, and a line more than 4 MB."""
    some: list[bytes] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line)
        if len(some) == SLICE or size >= _BYTES_PER_SLICE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _replay_slice(file: FileReplay, lines: list[bytes], step: Step) -> FileReplay:
    items = read_items(lines)
    step.rate.take(len(items.events), stopped=step.stopped)
    refused = project_all(items.events, step.project, stopped=step.stopped)
    for record, reason in [
        *items.unreadable,
        *((items.records[one.id], one.reason) for one in refused),
    ]:
        step.park(record, reason)
        step.logger.error("record parked", reason=reason, event_id=event_id(record))
    return replace(
        file,
        position=file.position + len(lines),
        projected=file.projected + len(items.events) - len(refused),
        unreadable=file.unreadable + len(items.unreadable),
        refused=file.refused + len(refused),
    )


def _measured(before: FileReplay, after: FileReplay, *, projector: str) -> Measured:
    """What one call has done; what a call that raised did is done again, and counted then."""
    numbers = {
        PROJECTED: after.projected - before.projected,
        PARKED: after.unreadable + after.refused - before.unreadable - before.refused,
    }
    return Measured({(m, projector): number for m, number in numbers.items() if number})
