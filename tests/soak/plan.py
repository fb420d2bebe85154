"""What is sent and what is broken when: a pure function of seed and duration.

Invariant: each kind of fault and each action is in every plan that is long enough for it.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice

from tests.soak.rules import Rules, Shot

EVENTS_PER_SECOND = 45
PRODUCERS = 8
_SINGLY = 0.4
"""Events of a producer that sends singly, against the mean of all."""

PHASE_SECONDS = 10.0
_LONG_SECONDS = 240
"""A soak of this length has room for what stops a projector for long."""

RATES: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "throttling": {
        "write": {"throttled": 0.1, "rate-exceeded": 0.05, "statements-throttled": 0.2},
        "by-type": {"throttled": 0.1, "partly-unprocessed": 0.3},
    },
    "service": {
        "write": {"server-error": 0.1, "unavailable": 0.05},
        "by-type": {"server-error": 0.1, "unavailable": 0.1},
    },
    "network": {
        "write": {"connection-refused": 0.05, "connect-timeout": 0.05, "answer-lost": 0.1},
        "by-type": {"connection-refused": 0.1, "answer-lost": 0.1, "connection-cut": 0.1},
    },
    "crashes": {
        "write": {"connection-cut": 0.05, "killed-before-write": 0.01, "killed-after-write": 0.01},
        "by-type": {"access-denied": 0.1, "connect-timeout": 0.05},
    },
}
"""Rates a call of each kind of phase."""

_PARKING_TRIES = 2
"""Of one put by the projector's S3 client: both are refused, else nothing comes of it."""

_KILLS = ("killed-before-write", "killed-during-write", "killed-after-write")

ACTIONS = (
    "stack-killed",
    "clock-moved-back",
    "engine-killed",
    "junk-written",
    "two-rebuilds",
    "checkpoints-rolled-back",
    "rebuild-killed",
)
"""What is done to the whole, one in each phase."""


@dataclass(frozen=True)
class Load:
    """What one producer sends: so many new events, one a request or in batches."""

    producer: int
    events: int
    singly: bool


@dataclass(frozen=True)
class Phase:
    """A stretch of the soak: what fails in it by rate or once, and what is done at its start."""

    name: str
    action: str
    rules: Rules


@dataclass(frozen=True)
class Plan:
    """The whole soak."""

    seed: int
    seconds: float
    phases: tuple[Phase, ...]

    @property
    def loads(self) -> list[Load]:
        """Half of the producers send singly, together a fifth of the events."""
        events = self.seconds * EVENTS_PER_SECOND / PRODUCERS
        return [
            Load(n, int(events * (_SINGLY if n % 2 else 2 - _SINGLY)), singly=n % 2 == 1)
            for n in range(PRODUCERS)
        ]

    @property
    def phase_seconds(self) -> float:
        """Seconds from one phase's start to the next one's."""
        return self.seconds / len(self.phases)


def plan_of(seed: int, *, seconds: float) -> Plan:
    """The plan; a short one has each action once, a long one repeats them in another order."""
    chance = random.Random(seed)  # noqa: S311  # to be repeatable
    count = max(len(ACTIONS), int(seconds / PHASE_SECONDS))
    names = list(islice(_shuffled(chance, list(RATES)), count))
    actions = list(islice(_shuffled(chance, list(ACTIONS)), count))
    phases = tuple(
        Phase(name, action, _rules(seed, n, name, action, long=seconds >= _LONG_SECONDS))
        for n, (name, action) in enumerate(zip(names, actions, strict=True))
    )
    return Plan(seed, seconds, phases)


def _rules(seed: int, number: int, name: str, action: str, *, long: bool) -> Rules:
    once = [
        f"by-type {_KILLS[number % len(_KILLS)]}",
        "write killed-during-write",
        *["by-type parking-refused"] * _PARKING_TRIES,
    ]
    hangs = ["write hung"] if name == "crashes" else []
    if long and number % 12 == 5:  # each stops the projector until its timeout
        hangs.append("by-type hung")
    shots = [Shot(f"{number}-{n}", *one.split()) for n, one in enumerate([*once, *hangs])]
    shift = -180.0 if action == "clock-moved-back" else 0.0
    return Rules(RATES[name], tuple(shots), refusing=True, clock_shift=shift, seed=seed)


def _shuffled(chance: random.Random, names: list[str]) -> Iterator[str]:
    """All names in some order, again and again in the same one."""
    chance.shuffle(names)
    return cycle(names)
