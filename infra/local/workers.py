"""Lambda's invocation service: a pool of worker processes per function, grown on demand.

Invariant: a worker serves one request at a time; one that failed to answer in time is killed.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import json
import threading
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.errors import LocalStackError
from infra.local.function_log import FunctionLog
from infra.local.iam_usage import Usage
from infra.local.resources import Function
from infra.local.worker_process import WorkerDiedError, WorkerProcess

ROOT = Path(__file__).resolve().parents[2]
MAX_PAYLOAD = 6_291_556
"""Bytes of a synchronous request or answer."""

_WORKERS = 4


class RequestTooLargeError(Exception):
    """The event is larger than Lambda takes."""


@dataclass(frozen=True)
class InvokeResult:
    """A function's answer as JSON, or its error where `failed`."""

    payload: bytes
    failed: bool = False

    def json(self) -> Any:
        """The decoded payload."""
        return json.loads(self.payload)


class Functions:
    """The stack's functions, ready to be invoked from many threads.

    `code` holds the sources of those that have no folder of their own.

    `arns` has the ARN of what they call: of a table by its name, of OpenSearch by its address.
    """

    def __init__(
        self,
        functions: list[Function],
        *,
        environment: Mapping[str, str],
        arns: Mapping[str, str],
        logs: Path,
        usage: Usage,
        code: Path = ROOT,
    ) -> None:
        self._pools = {
            one.name: _Pool(one, dict(environment), dict(arns), logs, usage, code)
            for one in functions
        }

    def __enter__(self) -> "Functions":
        return self

    def __exit__(self, *_exception: object) -> None:
        for pool in self._pools.values():
            pool.close()

    def warm_up(self) -> None:
        """Start one worker of each function.

        Raises: LocalStackError when a handler does not load.
        """
        with ThreadPoolExecutor() as threads:
            list(threads.map(_Pool.warm_up, self._pools.values()))

    def invoke(self, name: str, event: Any) -> InvokeResult:
        """Invoke a function by its name and wait for the answer, as RequestResponse does.

        Raises: RequestTooLargeError.
        """
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))  # as it is measured
        payload = text.encode("utf-8", "replace")
        if len(payload) > MAX_PAYLOAD:
            raise RequestTooLargeError
        return self._pools[name].invoke(payload)


class _Pool:
    """The workers of one function, idle ones last used first."""

    def __init__(
        self,
        function: Function,
        environment: dict[str, str],
        arns: dict[str, str],
        logs: Path,
        usage: Usage,
        code: Path,
    ) -> None:
        self._function = function
        self._setup = (function, arns, function.code or code)
        self._environment = environment
        self._usage = usage
        self._log = FunctionLog(logs / f"{function.name}.log", function, usage)
        self._idle: list[WorkerProcess] = []
        self._all: set[WorkerProcess] = set()
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(min(_WORKERS, function.concurrency or _WORKERS))

    def warm_up(self) -> None:
        worker = self._start()
        if worker.start_error:
            error = json.loads(worker.start_error)
            raise LocalStackError(
                f"{self._function.handler} does not load:"
                f" {error['errorType']}: {error['errorMessage']}",
                remedy=f"Its log is {self._log.path}.",
            )
        self._idle.append(worker)

    def invoke(self, event: bytes) -> InvokeResult:
        request_id = str(uuid.uuid4())
        started = time.monotonic()
        with self._slots:
            worker = self._take()
            try:
                result = self._ask(worker, event, request_id)
            finally:
                self._give_back(worker)
        self._log.report(request_id, seconds=time.monotonic() - started, failed=result.failed)
        return result

    def close(self) -> None:
        """End all workers; an invocation under way fails."""
        with self._lock:
            workers = list(self._all)
        for worker in workers:
            worker.close()
        self._log.close()

    def _ask(self, worker: WorkerProcess, event: bytes, request_id: str) -> InvokeResult:
        if worker.start_error:
            return InvokeResult(worker.start_error, failed=True)
        timeout = self._function.timeout
        try:
            outcome, payload = worker.ask(request_id, event, timeout=timeout)
        except TimeoutError:
            message = f"Error: Task timed out after {timeout:.2f} seconds"
            return _failure("Sandbox.Timedout", f"RequestId: {request_id} {message}")
        except WorkerDiedError as error:
            message = f"Error: Runtime exited with error: exit status {error.exit_code}"
            return _failure("Runtime.ExitError", f"RequestId: {request_id} {message}")
        for access, allowed in outcome.decisions:
            self._usage.record(self._function.role, access, allowed)
        if len(payload) > MAX_PAYLOAD:
            size = f"Response payload size ({len(payload)} bytes) exceeded maximum allowed"
            message = f"{size} payload size ({MAX_PAYLOAD} bytes)."
            return _failure("Function.ResponseSizeTooLarge", message)
        return InvokeResult(payload, failed=outcome.failed)

    def _take(self) -> WorkerProcess:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._start()

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._lock:
            if worker.usable:
                self._idle.append(worker)
                return
            self._all.discard(worker)
        worker.close()

    def _start(self) -> WorkerProcess:
        worker = WorkerProcess(self._setup, environment=self._environment, on_line=self._log.write)
        with self._lock:
            self._all.add(worker)
        return worker


def _failure(kind: str, message: str) -> InvokeResult:
    body = {"errorType": kind, "errorMessage": message}
    return InvokeResult(json.dumps(body).encode(), failed=True)
