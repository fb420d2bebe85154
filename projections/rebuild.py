"""Replays the log table into a projection.

Invariant: every event that was in the log when the replay began is projected, refused for good and
named, or the replay has not ended; nothing is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event as Flag
from threading import Lock
from typing import TYPE_CHECKING

from domain.event import Event
from projections.log_scan import Page, Segment, Unreadable, events_in, in_segments, pages
from projections.patience import long_pauses, wait
from projections.rate_limit import RateLimit
from projections.rebuild_checkpoint import RebuildCheckpoint
from projections.stream import Project, Unprojected
from projections.table_facts import table_facts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_EVENTS_PER_SLICE = 200


class ProjectionBusyError(Exception):
    """The projection took none of some events for about two minutes; the checkpoint stands."""

    def __init__(self, unprojected: list[Unprojected]) -> None:
        self.unprojected = unprojected
        first = unprojected[0]
        super().__init__(
            f"the projection does not take {len(unprojected)} events, such as {first.event.id!r}"
            f" ({first.reason}); start again to go on where it stopped"
        )


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many of the log's items were projected, are no events, or were refused for good."""

    projected: int = 0
    unreadable: int = 0
    refused: int = 0

    @property
    def items(self) -> int:
        """All items that the replay is through with."""
        return self.projected + self.unreadable + self.refused


Progress = Callable[[Rebuilt, list[Unreadable]], None]
"""Takes, after every page, the counts so far and those of the page's items left unprojected."""

Finish = Callable[[], None]
"""Takes into use what was rebuilt, once all of the log is in it; may be cut off and repeated."""


def nothing() -> None:
    """What is rebuilt in place is in use already."""


def rebuild(  # noqa: PLR0913  # what, into what, and how
    client: DynamoDBClient,
    *,
    log_table: str,
    into: str,
    project: Project,
    segments: int,
    rate: float | None,
    checkpoint: Path,
    progress: Progress,
    finish: Finish = nothing,
) -> Rebuilt:
    """Project every item of the log table, at most `rate` events a second over all segments.

    It may run while events are appended and projected, and beside another rebuild: a projection's
    writes are puts of values that are functions of the event, so repeating or reordering them
    changes nothing. No seam loses an event: the stream delivers all that is appended after the
    projection's table was made (stream first), and the replay projects all that was there before
    (then replay); what both bring is put twice.

    Cut off at any point, it goes on from `checkpoint` and repeats at most a page per segment.
    `into` names the target, with all that decides what is written, so that the checkpoint of
    another target is refused. The counts include those from before the cut. The checkpoint goes
    after `finish` alone, so that one that is cut off there replays nothing again.

    Raises:
        CheckpointError: `checkpoint` is not of this rebuild.
        ProjectionBusyError: the projection takes no events.
        LogUnavailableError: the log cannot be read now.
        ClientError: a fault that does not pass, such as a missing permission.
    """
    about: dict[str, str | int] = {
        "log_table": table_facts(client, log_table).identity,
        "into": into,
        "segments": segments,
    }
    run = _Run(project, rate, RebuildCheckpoint(checkpoint, about=about), progress)

    def replay(segment: Segment) -> None:
        if run.checkpoint.is_done(segment.number):
            return
        start = run.checkpoint.position(segment.number)
        for page in pages(client, table=log_table, segment=segment, start=start):
            run.replay(page, segment)

    in_segments(segments, replay)
    finish()
    run.checkpoint.remove()
    return run.counts


class _Run:
    """What the segments of one rebuild share."""

    def __init__(
        self,
        project: Project,
        rate: float | None,
        checkpoint: RebuildCheckpoint,
        progress: Progress,
    ) -> None:
        self.checkpoint = checkpoint
        self.counts = Rebuilt(**checkpoint.counts)
        self._project = project
        self._rate = RateLimit(rate)
        self._progress = progress
        self._lock = Lock()

    def replay(self, page: Page, segment: Segment) -> None:
        """Project a page, and only then move the segment's checkpoint behind it."""
        events, unreadable = events_in(page.items)
        refused: list[Unreadable] = []
        for start in range(0, len(events), _EVENTS_PER_SLICE):
            part = events[start : start + _EVENTS_PER_SLICE]
            self._rate.take(len(part), stopped=segment.stopped)
            refused += project_all(part, self._project, stopped=segment.stopped)
        with self._lock:
            self.counts = Rebuilt(
                self.counts.projected + len(events) - len(refused),
                self.counts.unreadable + len(unreadable),
                self.counts.refused + len(refused),
            )
            self.checkpoint.advance(segment.number, page.next, counts=asdict(self.counts))
            self._progress(self.counts, [*unreadable, *refused])


def project_all(
    events: list[Event],
    project: Project,
    *,
    stopped: Flag,
    pauses: Callable[[], Iterator[float]] = long_pauses,
) -> list[Unreadable]:
    """Project events, again while the projection is busy; gives back those refused for good.

    Raises:
        ProjectionBusyError: it took none of them in as many tries as there are `pauses`.
        StoppedError: `stopped` was set while waiting.
    """
    refused: list[Unreadable] = []
    left = pauses()
    while events:
        unprojected = project(events)
        refused += [Unreadable(u.event.id, u.reason) for u in unprojected if not u.passing]
        busy = [u for u in unprojected if u.passing]
        if len(busy) < len(events):
            left = pauses()
        events = [u.event for u in busy]
        if not events:
            break
        if (pause := next(left, None)) is None:
            raise ProjectionBusyError(busy)
        wait(pause, stopped=stopped)
    return refused
