"""Concurrent batches of one shard.

Invariant: the records of one item share a lane, and a lane is strictly in order. Follows "Using AWS
Lambda with Amazon DynamoDB" (ParallelizationFactor) and "Batching behavior".
"""

import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Sequence

from infra.local.event_source_mapping import Mapping
from infra.local.stream_records import StreamRecord, fitting


def lane_of(item_key: str, lanes: int) -> int:
    """The lane of an item: the same one for all of its records."""
    return zlib.crc32(item_key.encode()) % lanes


class Lane:
    """Records that wait for the function; `clock` counts seconds for the batching window."""

    def __init__(self, mapping: Mapping, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._mapping = mapping
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[StreamRecord] = deque()
        self._open = True
        self._window_ends = 0.0

    def put(self, records: Sequence[StreamRecord]) -> None:
        """Add records behind those that wait."""
        with self._changed:
            now = self._clock()
            if not self._waiting and now >= self._window_ends:
                self._window_ends = now + self._mapping.batching_window
            self._waiting.extend(records)
            self._changed.notify()

    def close(self, *, drop: bool) -> None:
        """No more records come; those that wait go without delay, or (drop) not at all."""
        with self._changed:
            self._open = False
            if drop:
                self._waiting.clear()
            self._changed.notify()

    def take(self) -> tuple[StreamRecord, ...]:
        """The next batch as soon as it is due; empty once the lane is closed and empty.

        The batching window begins when the previous invocation ended, which is when its lane
        asks for more, or with the first record after a longer pause.
        """
        with self._changed:
            self._window_ends = self._clock() + self._mapping.batching_window
            while not (count := self._due()) and self._open:
                self._changed.wait(self._window_left())
            return tuple(self._waiting.popleft() for _ in range(count))

    def _due(self) -> int:
        count, full = fitting(self._waiting, self._mapping.batch_size)
        return count if full or not self._open or self._clock() >= self._window_ends else 0

    def _window_left(self) -> float | None:
        return max(0.0, self._window_ends - self._clock()) if self._waiting else None
