"""How long after its 201 an event is listed, or found by a search, at a rate of events.

Invariant: what is seen is what a caller sees, through the API or the engine's own search.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.scale import machine
from tests.scale.distribution import Distribution
from tests.scale.producing import Acknowledged, producing
from tests.stack.local_stack import LocalStack
from tests.stack.searchable import Engine

STEPS = ((10, 10.0, 1), (100, 10.0, 1))
"""Events a second, for so many seconds, so many in a request."""

_START = (3.0, 1)
"""Of load that starts the workers."""

LADDER = (200, 400, 800, 1600, 3200, 6400)
_LADDER_SECONDS, _LADDER_SIZE = 5.0, 50
SUSTAINED_SECONDS = {"listed": 2.0, "searchable": 5.0}
"""A rate is sustained if no request starts later, and no event is seen later, than that: an index
refreshes once a second, and hardly so often on a busy machine.
"""

_GIVEN_UP = 120.0
_PAUSE = 0.01
_PAGE = 1000

Pending = Mapping[str, Acknowledged]
Seen = Callable[[str, Pending], set[str]]
"""Of events of a type that are acknowledged, those that are there now."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from 201 to there, at a rate.

    `behind` is how late the load itself ran, `looks` how often was looked, `cpu` the seconds of CPU
    of each function for one event.
    """

    of: str
    rate: float
    size: int
    seconds: Distribution
    behind: float
    looks: int
    cpu: dict[str, float]
    load: float

    @property
    def sustained(self) -> bool:
        """Whether load and projection kept up."""
        return max(self.behind, self.seconds.max) <= SUSTAINED_SECONDS[self.of]


def latencies(stack: LocalStack, seen: Seen, *, of: str, run: str) -> Iterator[Latency]:
    """Each step, then rate for rate as long as it is sustained; first some events for nothing."""
    _latency(stack, seen, of=of, type=f"{run}-start", rate=200, load=_START)
    for rate, seconds, size in STEPS:
        yield _latency(stack, seen, of=of, type=f"{run}-{rate}", rate=rate, load=(seconds, size))
    for rate in LADDER:
        climbed = (_LADDER_SECONDS, _LADDER_SIZE)
        found = _latency(stack, seen, of=of, type=f"{run}-up-{rate}", rate=rate, load=climbed)
        yield found
        if not found.sustained:
            return


def listed(stack: LocalStack) -> Seen:
    """Looks at the type's listing, from the oldest event that was not seen yet."""

    def see(type: str, pending: Pending) -> set[str]:
        oldest = min(one.recorded_at for one in pending.values())
        query = {"type": type, "from": oldest, "order": "asc", "limit": str(_PAGE)}
        page = stack.client.get("/events", params=query).raise_for_status().json()
        return {event["id"] for event in page["events"]} & pending.keys()

    return see


def searchable(engine: Engine) -> Seen:
    """Looks for the oldest events by their ids."""

    def see(_type: str, pending: Pending) -> set[str]:
        ids = list(pending)[:_PAGE]
        return set(ids) - engine.missing(ids)

    return see


def _latency(
    stack: LocalStack, seen: Seen, *, of: str, type: str, rate: float, load: tuple[float, int]
) -> Latency:
    noise, looks, before = machine.load(), 0, machine.cpu_of(stack.process.pid)
    seconds, size = load
    late: list[float] = []
    pending: dict[str, Acknowledged] = {}
    with producing(stack, type=type, rate=rate, seconds=seconds, size=size) as production:
        ends = time.monotonic() + seconds + _GIVEN_UP
        while production.running or pending:
            pending |= {one.id: one for one in production.take()}
            if pending:
                there, looks = seen(type, pending), looks + 1
                now = time.monotonic()
                late += [now - pending.pop(id).at for id in there]
            if time.monotonic() > ends:
                raise TimeoutError(f"{len(pending)} events are not there")
            time.sleep(_PAUSE)
    spent = machine.cpu_of(stack.process.pid)
    cpu = {name: (spent[name] - before.get(name, 0.0)) / len(late) for name in spent}
    return Latency(of, rate, size, Distribution.of(late), production.behind, looks, cpu, noise)
