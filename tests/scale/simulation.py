"""A discrete-event simulation of a system: requests → log → stream → projections.

Invariant: a seed and a system make the same outcome. A full partition makes its callers wait, as
their clients' retries do; DynamoDB's burst capacity is left out, so that limits bind at once.
"""

from dataclasses import dataclass, field
from random import Random

import simpy

from tests.scale.distribution import Distribution
from tests.scale.following import Follower
from tests.scale.server import Events, Server
from tests.scale.system import System


@dataclass(frozen=True, slots=True)
class Outcome:
    """Events a second, seconds of lag by projection, and how busy each limit was, from 0 to 1."""

    accepted: float
    refused: float
    projected: dict[str, float]
    lag: dict[str, Distribution | None]
    busy: dict[str, float]


def simulate(system: System, *, seconds: float, seed: int = 1, waiting: int = 0) -> Outcome:
    """Run a system from empty, but for events that wait in the stream already."""
    env: Events = simpy.Environment()
    rng = Random(seed)  # noqa: S311  # for chance, not for secrets
    followers = [Follower(env, one, system=system, rng=rng) for one in system.projections]
    writing = _Writing(env, system, rng, followers)
    for follower in followers:
        for number in range(waiting):
            follower.put(number % system.partitions, [0.0])
    if system.rate:
        env.process(writing.arrive())
    env.run(until=seconds)
    return _outcome(writing, followers, seconds)


@dataclass
class _Writing:
    """The API and the write function."""

    env: Events
    system: System
    rng: Random
    followers: list[Follower]
    gate: Server = field(default_factory=Server)
    partitions: list[Server] = field(init=False)
    in_use: int = 0
    used: float = 0.0
    accepted: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        self.partitions = [Server() for _ in range(self.system.partitions)]

    def arrive(self) -> "simpy.events.ProcessGenerator":
        """Requests, as many independent callers make them."""
        system = self.system
        while True:
            yield self.env.timeout(self.rng.expovariate(system.rate / system.size))
            full = self.in_use >= system.concurrency
            if full or self.gate.free - self.env.now > system.burst:
                self.refused += system.size
                continue
            self.gate.take(self.env.now, 1 / system.requests_per_second)
            self.env.process(self._write())

    def _write(self) -> "simpy.events.ProcessGenerator":
        began, self.in_use = self.env.now, self.in_use + 1
        yield self.env.timeout(self.system.write.of(self.system.size))
        chosen = [self.rng.randrange(len(self.partitions)) for _ in range(self.system.size)]
        ends = [self.partitions[one].take(self.env.now, 1 / self.system.units) for one in chosen]
        yield self.env.timeout(max(ends) - self.env.now)
        self.in_use -= 1
        self.used += self.env.now - began
        self.accepted += len(chosen)
        yield self.env.timeout(self.system.stream_delay)
        written = self.env.now - self.system.stream_delay
        for follower in self.followers:
            for one in chosen:
                follower.put(one, [written])


def _outcome(writing: _Writing, followers: list[Follower], seconds: float) -> Outcome:
    busy = {
        "gate": writing.gate.busy / seconds,
        "write function": writing.used / seconds / writing.system.concurrency,
        "log partition": max(one.busy for one in writing.partitions) / seconds,
    }
    for follower in followers:
        busy |= {f"{follower.name}: {of}": share for of, share in follower.busy(seconds).items()}
    return Outcome(
        accepted=writing.accepted / seconds,
        refused=writing.refused / seconds,
        projected={one.name: len(one.late) / seconds for one in followers},
        lag={one.name: Distribution.of(one.late) if one.late else None for one in followers},
        busy=busy,
    )
