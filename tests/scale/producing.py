"""Posts events at a rate, whether the stack keeps up or not, and notes when each was acknowledged.

Invariant: a late answer delays no other request until every connection waits for one.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.stack.local_stack import LocalStack

CONNECTIONS = 8
PAYLOAD = {"order": 4711, "lines": [{"sku": f"A-{n}", "count": n} for n in range(12)]}


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An event whose 201 has come, and when (monotonic seconds)."""

    id: str
    recorded_at: str
    at: float


@dataclass
class Production:
    """`requests` bodies, each sent `every` so many seconds; `waiting` is what nobody has taken."""

    stack: LocalStack
    requests: Sequence[list[dict[str, Any]]]
    every: float
    waiting: list[Acknowledged] = field(default_factory=list)
    behind: float = 0.0
    left: int = 0
    error: BaseException | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> list[Acknowledged]:
        """What was acknowledged since the last call."""
        with self.lock:
            taken, self.waiting = self.waiting, []
        return taken

    @property
    def running(self) -> bool:
        """Whether more is to come.

        Raises:
            RuntimeError: a request was not answered as it must be.
        """
        if self.error:
            raise RuntimeError("the load broke off") from self.error
        with self.lock:
            return self.left > 0 or bool(self.waiting)

    def work(self, started: float, turns: Iterator[int]) -> None:
        """The body of one connection's thread."""
        try:
            while True:
                with self.lock:
                    turn = next(turns)
                due = started + turn * self.every
                time.sleep(max(0.0, due - time.monotonic()))
                self.behind = max(self.behind, time.monotonic() - due)
                self._post(self.requests[turn])
        except StopIteration:
            return
        except BaseException as error:
            self.error = error

    def _post(self, events: list[dict[str, Any]]) -> None:
        body: Any = events if len(events) > 1 else events[0]
        answer = self.stack.post(body).raise_for_status().json()
        at = time.monotonic()
        stored = answer.get("results", [answer])
        with self.lock:
            self.waiting += [Acknowledged(one["id"], one["recorded_at"], at) for one in stored]
            self.left -= 1


@contextmanager
def producing(
    stack: LocalStack, *, type: str, rate: float, seconds: float, size: int
) -> Iterator[Production]:
    """A load of `rate` events a second, `size` in each request."""
    events = [
        {"id": f"{type}-{number}", "type": type, "payload": PAYLOAD}
        for number in range(max(size, round(rate * seconds / size) * size))
    ]
    requests = [events[start : start + size] for start in range(0, len(events), size)]
    production = Production(stack, requests, size / rate, left=len(requests))
    turns, started = iter(range(len(requests))), time.monotonic()
    threads = [
        threading.Thread(target=production.work, args=(started, turns), daemon=True)
        for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    yield production
    for thread in threads:
        thread.join()
