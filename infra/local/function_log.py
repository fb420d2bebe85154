"""A function's log file, written under the rights that its role gives Lambda."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from infra.local.iam_actions import Access
from infra.local.iam_guard import is_allowed
from infra.local.iam_usage import Usage
from infra.local.resources import Function

STREAM = "local"


class FunctionLog:
    """Lines of a function's workers, each only written when the role may put log events."""

    def __init__(self, path: Path, function: Function, usage: Usage) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._function = function
        self._usage = usage
        self._lock = threading.Lock()
        self._file: IO[str] = path.open("a", encoding="utf-8", errors="replace")
        self._may_write = self._may("CreateLogStream")

    def write(self, line: str) -> None:
        """Append one line."""
        with self._lock:
            self._may_write = self._may_write and self._may("PutLogEvents")
            if self._may_write and not self._file.closed:
                self._file.write(f"{line}\n")
                self._file.flush()

    def report(self, request_id: str, *, seconds: float, failed: bool) -> None:
        """Append what Lambda says at the end of each invocation.

        https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
        """
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = {
            "requestId": request_id,
            "metrics": {"durationMs": round(seconds * 1000, 3)},
            "status": "error" if failed else "success",
        }
        self.write(json.dumps({"time": moment, "type": "platform.report", "record": record}))

    def close(self) -> None:
        """Write no more."""
        with self._lock:
            self._file.close()

    def _may(self, operation: str) -> bool:
        arn = f"{self._function.log_group_arn}:log-stream:{STREAM}"
        access = Access(f"logs:{operation}", arn)
        allowed = is_allowed(self._function.role.statements, access)
        self._usage.record(self._function.role, access, allowed)
        return allowed
