"""A projection in the model: a reader for each shard of the stream, lanes, invocations, rows.

Follows "Using AWS Lambda with Amazon DynamoDB" (ParallelizationFactor, batching behaviour).
"""

from collections import deque
from random import Random
from typing import cast

import simpy

from tests.scale.server import Events, Server
from tests.scale.system import Projection, System

PAGE = 1000
"""Records that one GetRecords gives at most.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
"""

_PAGE_SECONDS = 0.005
"""What reading a page is taken to last."""


class Follower:
    """One projection; `late` has each projected event's seconds from its write."""

    def __init__(self, env: Events, projection: Projection, *, system: System, rng: Random) -> None:
        self.name = projection.name
        self.late: list[float] = []
        self._projection = projection
        self._env = env
        self._rng = rng
        self._target = Server()
        self._functions = simpy.Resource(env, cast("int", projection.concurrency))
        self._rows = [[Server() for _ in range(system.type_shards)] for _ in system.types]
        self._types = system.types
        self._shards = [deque[float]() for _ in range(system.partitions)]
        self._lanes: list[_Lane] = []
        for shard in self._shards:
            lanes = [_Lane(env, projection, self) for _ in range(projection.lanes)]
            self._lanes += lanes
            env.process(self._read(shard, lanes))

    def put(self, shard: int, written: list[float]) -> None:
        """Records come into a shard, written at these moments."""
        self._shards[shard].extend(written)

    def busy(self, seconds: float) -> dict[str, float]:
        """How busy the busiest of each kind was, from 0 to 1."""
        return {
            "lane": max(lane.busy for lane in self._lanes) / seconds,
            "target": self._target.busy / seconds,
            "row partition": max(row.busy for of in self._rows for row in of) / seconds,
        }

    def _taken(self, events: int) -> float:
        """When the target has taken so many events, of types and shards by chance."""
        now, projection = self._env.now, self._projection
        ends = [self._target.take(now, projection.target.of(events))]
        types = range(len(self._types))
        for type in self._rng.choices(types, self._types, k=events):
            row = self._rng.choice(self._rows[type])
            ends.append(row.take(now, 1 / projection.row_units))
        return max(ends)

    def invocation(self, events: int) -> "simpy.events.ProcessGenerator":
        """One invocation, from its turn to its answer."""
        with self._functions.request() as turn:
            yield turn
            yield self._env.timeout(self._projection.own.of(events))
            yield self._env.timeout(self._taken(events) - self._env.now)

    def _read(self, shard: deque[float], lanes: "list[_Lane]") -> "simpy.events.ProcessGenerator":
        yield self._env.timeout(self._rng.uniform(0, self._projection.poll))
        while True:
            yield self._env.timeout(_PAGE_SECONDS)
            count = min(len(shard), PAGE)
            for _ in range(count):
                self._rng.choice(lanes).put(shard.popleft())
            if count < PAGE:
                yield self._env.timeout(self._projection.rest if count else self._projection.poll)


class _Lane:
    """Batches of one shard, one at a time."""

    def __init__(self, env: Events, projection: Projection, follower: Follower) -> None:
        self.busy = 0.0
        self._env = env
        self._projection = projection
        self._follower = follower
        self._waiting = deque[float]()
        self._more = env.event()
        env.process(self._work())

    def put(self, written: float) -> None:
        self._waiting.append(written)
        if not self._more.triggered:
            self._more.succeed()

    def _work(self) -> "simpy.events.ProcessGenerator":
        while True:
            yield from self._fill()
            batch = [
                self._waiting.popleft()
                for _ in range(min(len(self._waiting), self._projection.batch))
            ]
            began = self._env.now
            yield from self._follower.invocation(len(batch))
            self.busy += self._env.now - began
            self._follower.late += [self._env.now - written for written in batch]

    def _fill(self) -> "simpy.events.ProcessGenerator":
        """Wait for a first record, then for a batch of them or the end of the window."""
        while not self._waiting:
            yield self._next()
        ends = self._env.timeout(self._projection.window)
        while len(self._waiting) < self._projection.batch and not ends.processed:
            yield self._next() | ends

    def _next(self) -> simpy.Event:
        if self._more.triggered:
            self._more = self._env.event()
        return self._more
