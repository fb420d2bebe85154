"""Moves the records of one shard through its lanes to the function.

Invariant: the shard's checkpoint only passes records that are finished or filtered out, and the
shard ends only when its last record is finished.
"""

import threading
import time
from collections.abc import Callable, Sequence

from infra.local.batch_delivery import BatchDelivery
from infra.local.checkpoints import Checkpoints, Progress
from infra.local.event_filter import matches
from infra.local.event_source_mapping import Mapping
from infra.local.shard_lanes import Lane, lane_of
from infra.local.stream_records import PAYLOAD_LIMIT, StreamRecord
from infra.local.stream_shards import Page, ShardReader, patiently


class ShardPump:
    """One shard on its way; `read` and each of `works` is the body of a thread."""

    def __init__(
        self,
        shard_id: str,
        *,
        mapping: Mapping,
        reader: ShardReader,
        checkpoints: Checkpoints,
        on_end: Callable[[], None],
        stopping: threading.Event,
        poll_interval: float,
    ) -> None:
        self.shard_id = shard_id
        self.ended = False
        self.lanes = [Lane(mapping) for _ in range(mapping.parallelization)]
        self._mapping = mapping
        self._reader = reader
        self._checkpoints = checkpoints
        self._on_end = on_end
        self._stopping = stopping
        self._poll_interval = poll_interval
        self._changed = threading.Condition()
        self._progress = Progress()
        self._closed = False
        self._empty_since = float("-inf")

    def read(self) -> None:
        """Poll the shard until it ends or the pump stops."""
        while not self._closed and self._wait_for_room():
            started = time.monotonic()
            page = patiently(
                self._reader.read, stopping=self._stopping, pause=10 * self._poll_interval
            )
            if page is None:
                return
            self._accept(page, polled_at=started)
            if not page.records and not page.closed:
                self._stopping.wait(self._poll_interval)

    def work(self, lane: Lane, delivery: BatchDelivery) -> None:
        """Deliver a lane's batches until the lane is closed and empty."""
        while batch := lane.take():
            delivery.deliver(batch)

    def finish(self, records: Sequence[StreamRecord]) -> None:
        """Records are finished: move the checkpoint behind all that are."""
        with self._changed:
            checkpoint = self._progress.finish(records)
            if checkpoint:
                self._checkpoints.advance(self.shard_id, checkpoint)
            self._changed.notify_all()
            self._end_if_done()

    def idle_since(self, moment: float) -> bool:
        """Whether a poll after `moment` (monotonic seconds) found nothing, and nothing is open."""
        with self._changed:
            unfinished = self._progress.unfinished
            return self.ended or (self._empty_since >= moment and not unfinished)

    def stop(self) -> None:
        """Let the threads end; `stopping` is set already. Records that wait stay unfinished."""
        for lane in self.lanes:
            lane.close(drop=True)
        with self._changed:
            self._changed.notify_all()

    def _accept(self, page: Page, *, polled_at: float) -> None:
        """Filter a page and spread it over the lanes."""
        filters = self._mapping.filters
        wanted: list[list[StreamRecord]] = [[] for _ in self.lanes]
        unwanted: list[StreamRecord] = []
        for record in page.records:
            if not filters or any(matches(pattern, record.event) for pattern in filters):
                wanted[lane_of(record.item_key, len(self.lanes))].append(record)
            else:
                unwanted.append(record)
        with self._changed:
            self._progress.begin(page.records)
            self._closed = page.closed
            if not page.records:
                self._empty_since = polled_at
        for lane, records in zip(self.lanes, wanted, strict=True):
            if records:
                lane.put(records)
            if page.closed:
                lane.close(drop=False)
        self.finish(unwanted)

    def _end_if_done(self) -> None:
        if self._closed and not self._progress.unfinished and not self.ended:
            self.ended = True
            self._checkpoints.end(self.shard_id)
            self._on_end()

    def _wait_for_room(self) -> bool:
        """Read ahead by one batch a lane, not more: memory does not grow with the stream."""
        batches = 2 * len(self.lanes)

        def has_room() -> bool:
            few = self._progress.unfinished < batches * self._mapping.batch_size
            return few and self._progress.unfinished_bytes < batches * PAYLOAD_LIMIT

        with self._changed:
            self._changed.wait_for(lambda: self._stopping.is_set() or has_room())
        return not self._stopping.is_set()
