"""Which executions and map runs there are, and what became of them.

Invariant: an execution ends once; its ledger is kept while the stack runs, and not longer.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.local.step_functions.error import ExecutionStoppedError, StatesError

_COUNTED = {
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "ABORTED": "aborted",
}


@dataclass
class Execution:
    """One execution; moments are epoch seconds, input and output are JSON texts."""

    arn: str
    name: str
    machine_arn: str
    input: str
    map_run_arn: str | None = None
    started: float = field(default_factory=time.time)
    status: str = "RUNNING"
    ended: float | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None

    def follow(self, run: Callable[[], Any]) -> None:
        """Run it, and note how it ended."""
        try:
            self.output = json.dumps(run(), ensure_ascii=False)
            status = "SUCCEEDED"
        except StatesError as error:
            self.error, self.cause = error.error, error.cause
            status = "FAILED"
        except ExecutionStoppedError:
            status = "ABORTED"
        except Exception as error:
            self.error, self.cause = "States.Runtime", f"{type(error).__name__}: {error}"
            self.status = "FAILED"
            raise
        finally:
            self.ended = time.time()
        self.status = status


@dataclass
class MapRun:
    """One distributed map of an execution, with the executions of its items."""

    arn: str
    execution_arn: str
    machine_arn: str
    items: int
    concurrency: int
    started: float = field(default_factory=time.time)
    status: str = "RUNNING"
    ended: float | None = None
    children: list[Execution] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def counts(self) -> dict[str, int]:
        """How many items are in which state, as DescribeMapRun names them."""
        states = Counter(_COUNTED[child.status] for child in list(self.children))
        none = dict.fromkeys(["timedOut", "resultsWritten"], 0)
        counted = {name: states[name] for name in _COUNTED.values()}
        pending = self.items - states.total()
        return {**none, **counted, "pending": pending, "total": self.items}

    def end(self, status: str) -> None:
        """Note how it ended."""
        self.status, self.ended = status, time.time()


class Ledger:
    """All executions and map runs, by ARN; safe to use from many threads."""

    def __init__(self) -> None:
        self._executions: dict[str, Execution] = {}
        self._map_runs: dict[str, MapRun] = {}
        self._lock = threading.Lock()

    def add(self, execution: Execution) -> Execution:
        """Enter an execution; the one that stands there already wins."""
        with self._lock:
            return self._executions.setdefault(execution.arn, execution)

    def add_map_run(self, run: MapRun) -> None:
        """Enter a map run."""
        with self._lock:
            self._map_runs[run.arn] = run

    def execution(self, arn: str) -> Execution | None:
        """The execution, if there is one."""
        with self._lock:
            return self._executions.get(arn)

    def map_run(self, arn: str) -> MapRun | None:
        """The map run, if there is one."""
        with self._lock:
            return self._map_runs.get(arn)

    def executions(self, machine_arn: str) -> list[Execution]:
        """A state machine's own executions, the newest first."""
        with self._lock:
            found = list(self._executions.values())
        own = [one for one in found if one.machine_arn == machine_arn and not one.map_run_arn]
        return sorted(own, key=lambda one: one.started, reverse=True)

    def stop_map_runs(self) -> None:
        """End the executions of all items."""
        with self._lock:
            for run in self._map_runs.values():
                run.stopped.set()

    def map_runs(self, execution_arn: str) -> list[MapRun]:
        """The map runs of an execution."""
        with self._lock:
            return [one for one in self._map_runs.values() if one.execution_arn == execution_arn]
