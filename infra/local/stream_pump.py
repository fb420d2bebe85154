"""Feeds a function from a DynamoDB stream as Lambda's event source mapping does, on one machine.

Invariant: at least once, never a gap: after a stop, a crash or kill -9 a pump with the same
checkpoint file goes on behind the last record that was finished. `batch_delivery.py` says when a
record is; `shard_pump.py` moves one shard; this module starts shards, parents before children.

Two differences to Lambda, both on the safe side: records are polled every 100 ms rather than four
times a second, and a mapping without limits retries for ever, also when the record's 24 hours in
the stream are over.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.batch_delivery import BatchDelivery, InvocationError, short_backoff
from infra.local.checkpoints import Checkpoints, UnreadableCheckpointsError
from infra.local.event_source_mapping import Mapping
from infra.local.failed_batch import FailedBatch, drop
from infra.local.shard_pump import ShardPump
from infra.local.stream_shards import Shard, ShardReader, list_shards, patiently, readable

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

__all__ = [
    "FailedBatch",
    "InvocationError",
    "Mapping",
    "StreamPump",
    "UnreadableCheckpointsError",
]

logger = logging.getLogger(__name__)

DISCOVERY_INTERVAL = 0.5  # seconds between two looks for new shards
STREAM_DELAY = 0.2  # seconds until DynamoDB Local's stream surely shows a write


class StreamPump:
    """One running event source mapping.

    `invoke` gets the event and returns the function's response; it raises InvocationError when the
    function failed. `on_failure` delivers to the on-failure destination, and is asked again when it
    raises; without one, records that are given up are logged and dropped, as Lambda drops them.
    `checkpoints` is a file of this mapping alone. `clock` gives epoch seconds.

    Raises:
        UnreadableCheckpointsError: the checkpoint file is there, but is none.
    """

    def __init__(
        self,
        mapping: Mapping,
        *,
        streams: "DynamoDBStreamsClient",
        invoke: Callable[[dict[str, Any]], object],
        checkpoints: Path,
        on_failure: Callable[[FailedBatch], None] | None = None,
        clock: Callable[[], float] = time.time,
        backoff: Callable[[int], float] = short_backoff,
        poll_interval: float = 0.1,
    ) -> None:
        self.error: BaseException | None = None
        self._mapping = mapping
        self._streams = streams
        self._checkpoints = Checkpoints(checkpoints, stream_arn=mapping.stream_arn)
        self._poll_interval = poll_interval
        self._invoke = invoke
        self._on_failure = on_failure or drop
        self._clock = clock
        self._backoff = backoff
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._threads: list[threading.Thread] = []
        self._shards: dict[str, ShardPump] = {}
        self._listed: tuple[float, frozenset[str]] = (float("-inf"), frozenset())

    def start(self) -> None:
        """Begin to pump, from the checkpoints or else from the oldest record, in the background."""
        self._spawn("shards", self._supervise)

    def stop(self) -> None:
        """End after the invocations in hand; a retry or a delay is not waited for."""
        self._stopping.set()
        self._wake.set()
        for thread in self._threads:  # the first one starts the others, and ends first
            thread.join()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until all that was written before this call is handled; False after the timeout.

        Raises:
            RuntimeError: the pump died; its cause is `error`.
        """
        deadline = time.monotonic() + timeout
        written_until = time.monotonic() + STREAM_DELAY
        while not self._idle_since(written_until):
            stopped = self._stopping.is_set()
            if self.error:
                raise RuntimeError(f"the pump of {self._mapping.name} died") from self.error
            if stopped or time.monotonic() > deadline:
                return False
            self._wake.set()
            self._stopping.wait(self._poll_interval / 4)
        return True

    def _idle_since(self, moment: float) -> bool:
        listed_at, listed = self._listed
        open_shards = listed - self._checkpoints.ended()
        return listed_at >= moment and all(
            shard_id in self._shards and self._shards[shard_id].idle_since(moment)
            for shard_id in open_shards
        )

    def _supervise(self) -> None:
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                self._discover()
                self._wake.wait(DISCOVERY_INTERVAL)
        finally:
            for shard in self._shards.values():
                shard.stop()

    def _discover(self) -> None:
        """Start the shards whose turn it is."""
        asked_at = time.monotonic()
        shards = patiently(
            partial(list_shards, self._streams, self._mapping.stream_arn),
            stopping=self._stopping,
            pause=10 * self._poll_interval,
        )
        if shards is None:
            return
        listed = frozenset(shard.shard_id for shard in shards)
        self._checkpoints.forget_trimmed(listed)
        for shard in readable(shards, ended=self._checkpoints.ended()):
            if shard.shard_id not in self._shards:
                self._start(shard)
        self._listed = (asked_at, listed)

    def _start(self, shard: Shard) -> None:
        reader = ShardReader(
            self._streams,
            shard.shard_id,
            stream_arn=self._mapping.stream_arn,
            after=self._checkpoints.position(shard.shard_id),
        )
        pump = ShardPump(
            shard.shard_id,
            mapping=self._mapping,
            reader=reader,
            checkpoints=self._checkpoints,
            on_end=self._wake.set,
            stopping=self._stopping,
            poll_interval=self._poll_interval,
        )
        self._shards[shard.shard_id] = pump
        delivery = BatchDelivery(
            mapping=self._mapping,
            shard_id=shard.shard_id,
            invoke=self._invoke,
            on_failure=self._on_failure,
            finished=pump.finish,
            clock=self._clock,
            backoff=self._backoff,
            stopping=self._stopping,
        )
        self._spawn(shard.shard_id, pump.read)
        for lane in pump.lanes:
            self._spawn(f"{shard.shard_id} lane", partial(pump.work, lane, delivery))

    def _spawn(self, role: str, body: Callable[[], None]) -> None:
        thread = threading.Thread(
            target=self._guarded, args=(body,), name=f"{self._mapping.name} {role}", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _guarded(self, body: Callable[[], None]) -> None:
        """One dead thread ends the pump as a whole: half a pump would look alive."""
        try:
            body()
        except BaseException as error:
            logger.exception("%s: the pump died", self._mapping.name)
            self.error = self.error or error
            self._stopping.set()
            self._wake.set()
