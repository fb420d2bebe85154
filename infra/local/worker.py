"""One execution environment of a function: a process that runs its handler, one request at a time.

Invariant: it sees the environment that the template gives, and makes no AWS call that its role
does not grant. It ends with the stack, whether idle or in the middle of a request.
`workers.py` starts it as `python -m infra.local.worker FD`. Each request and each answer is a pair
of messages: what Lambda's runtime would know, then the payload as JSON.
"""

import importlib
import json
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import botocore

from infra.local.iam_actions import Access
from infra.local.iam_guard import Guard
from infra.local.iam_search import watch_requests
from infra.local.resources import Function
from infra.local.worker_protocol import Outcome

Handler = Callable[[Any, "Context"], Any]


@dataclass(frozen=True)
class Context:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    aws_request_id: str
    invoked_function_arn: str
    function_name: str
    function_version: str
    memory_limit_in_mb: str
    log_group_name: str
    log_stream_name: str
    deadline: float

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))


class _JsonLogs(logging.Formatter):
    """Log records as Lambda's JSON log format writes them."""

    request_id: str | None = None

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "timestamp": moment.replace("+00:00", "Z"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": self.request_id,
        }
        if record.exc_info:
            line["stackTrace"] = traceback.format_exception(*record.exc_info)
        return json.dumps({key: value for key, value in line.items() if value is not None})


def main() -> None:
    """Serve the connection whose file descriptor is the only argument until it closes."""
    connection = Connection(int(sys.argv[1]))
    threading.Thread(target=_end_with_the_stack, args=(sys.stdin.fileno(),), daemon=True).start()
    function, arns, code = connection.recv()
    decisions: set[tuple[Access, bool]] = set()
    _guard(function, arns, lambda access, allowed: decisions.add((access, allowed)))
    formatter = _log_as_json()
    try:
        handler = _load(function.handler, code)
    except Exception as raised:  # whatever the module raises, the stack reports
        logging.getLogger().exception("%s does not start", function.handler)
        _send(connection, Outcome(failed=True), _encode(_error(raised)))
        return
    _send(connection, Outcome(failed=False), b"null")
    while True:
        try:
            (request_id, timeout), event = connection.recv(), connection.recv_bytes()
        except EOFError:
            return
        formatter.request_id = request_id
        decisions.clear()
        failed, answer = _run(handler, event, _context(function, request_id, timeout))
        _send(connection, Outcome(failed, frozenset(decisions)), answer)


def _end_with_the_stack(pipe: int) -> None:
    """A handler that hangs must not outlive a stack that was killed."""
    while os.read(pipe, 4096):  # nobody writes: it returns at the end
        pass
    os._exit(1)


def _guard(
    function: Function, arns: dict[str, str], record: Callable[[Access, bool], None]
) -> None:
    guard = Guard(function.role, session=function.name, arns=arns, record=record)
    botocore.register_initializer(guard.watch)
    watch_requests(guard, arns=arns)


def _log_as_json() -> _JsonLogs:
    formatter = _JsonLogs()
    log = logging.StreamHandler()
    log.setFormatter(formatter)
    logging.basicConfig(handlers=[log], level=logging.INFO)  # the level of Lambda's JSON format
    return formatter


def _load(handler: str, code: Path) -> Handler:
    os.chdir(code)
    sys.path.insert(0, str(code))
    module, _, name = handler.rpartition(".")
    loaded: Handler = getattr(importlib.import_module(module), name)
    return loaded


def _context(function: Function, request_id: str, timeout: float) -> Context:
    return Context(
        aws_request_id=request_id,
        invoked_function_arn=function.arn,
        function_name=function.name,
        function_version="$LATEST",
        memory_limit_in_mb=str(function.memory),
        log_group_name=function.log_group,
        log_stream_name=os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
        deadline=time.monotonic() + timeout,
    )


def _run(handler: Handler, event: bytes, context: Context) -> tuple[bool, bytes]:
    try:
        return False, _encode(handler(json.loads(event), context))
    except Exception as raised:  # also what has no JSON
        logging.getLogger().exception("%s", type(raised).__name__)
        return True, _encode(_error(raised))


def _error(raised: Exception) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    return {
        "errorMessage": ascii(str(raised))[1:-1],
        "errorType": type(raised).__name__,
        "stackTrace": traceback.format_tb(raised.__traceback__),
    }


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _send(connection: Connection, outcome: Outcome, payload: bytes) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(outcome)
    connection.send_bytes(payload)


if __name__ == "__main__":
    main()
