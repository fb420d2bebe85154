"""Invokes the projector for a pump, and notes what became of every event."""

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from infra.local.workers import Functions

_SECONDS = 300.0


@dataclass
class Invocations:
    """What the projector was invoked for: when each event was projected, how long batches took.

    `caught_up` waits at most so many seconds until all that was written is projected.
    """

    functions: Functions
    name: str
    projected: dict[str, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    caught_up: Callable[[float], bool] = bool

    def __call__(self, batch: dict[str, Any]) -> object:
        began = time.monotonic()
        answer: Any = self.functions.invoke(self.name, batch).json()
        if answer != {"batchItemFailures": []}:
            raise RuntimeError(f"the projector left something out: {answer}")
        ended = time.monotonic()
        with self.changed:
            for record in batch["Records"]:
                self.projected[record["dynamodb"]["Keys"]["id"]["S"]] = ended
            self.seconds.append(ended - began)
            self.changed.notify_all()
        return answer

    def await_events(self, count: int) -> None:
        """Wait until so many events are projected.

        Raises:
            TimeoutError: they are not.
        """
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.projected) >= count, _SECONDS):
                raise TimeoutError(f"{len(self.projected)} of {count} events are projected")

    def await_ids(self, ids: Collection[str]) -> None:
        """Wait until these events are projected.

        Raises:
            TimeoutError: they are not.
        """
        with self.changed:
            if not self.changed.wait_for(lambda: self.projected.keys() >= set(ids), _SECONDS):
                raise TimeoutError(f"of {len(ids)} events, some are not projected")
