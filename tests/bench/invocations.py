"""Runs in a process of its own, with a bundle and the standard library alone: invokes a handler.

`invocations.py FOLDER HANDLER` reads JSON requests, one a line, from standard input, invokes the
handler with each, and says on standard error each answer's status, of a projector's answer how
many records failed, and the CPU and wall seconds that it took, the first with the imports.
"""

import importlib
import json
import sys
import time
from typing import Any


class Context:
    """What handlers use of Lambda's context object."""

    aws_request_id = "6f0c3f5b-0c0e-4c12-a4b1-3f0e0f6c0b1d"
    function_name = "function"
    function_version = "$LATEST"
    memory_limit_in_mb = "1024"
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:function"

    def get_remaining_time_in_millis(self) -> int:
        """As if it had just begun."""
        return 60_000


def status(answer: dict[str, Any]) -> Any:
    """What the answer comes to."""
    if "batchItemFailures" in answer:
        return len(answer["batchItemFailures"])
    return answer["statusCode"]


def main() -> None:
    """Import the handler, then invoke it with one request after the other."""
    sys.path.insert(0, sys.argv[1])
    times = _times()
    module, _, name = sys.argv[2].rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    context = Context()
    for number, line in enumerate(sys.stdin):
        request = json.loads(line)
        times = times if number == 0 else _times()
        answer = handler(request, context)
        cpu, wall = (after - before for before, after in zip(times, _times(), strict=True))
        sys.stderr.write(f"status {status(answer)} {cpu:.6f} {wall:.6f}\n")


def _times() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()


main()
