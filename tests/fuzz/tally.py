"""What was sent in a run: each request that was answered, by its operation and its status.

Invariant: it is written as requests are answered, by the process that sends them, so what is
counted was sent, and a run that is cut short has its count too.
"""

import os
from collections import Counter
from pathlib import Path

from tests.fuzz.told import TALLY

SERVER_ERRORS = 500

Tally = Counter[tuple[str, int]]
"""Requests by method and path, and by the status that they were answered."""


def note(operation: str, status: int) -> None:
    """Count one request that was answered."""
    if file := os.environ.get(TALLY):
        with Path(file).open("a") as lines:
            lines.write(f"{status} {operation}\n")


def read(file: Path) -> Tally:
    """What a run has counted so far."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    told = (line.partition(" ") for line in lines)
    return Counter((operation, int(status)) for status, _, operation in told)


def server_errors(tally: Tally) -> int:
    """The requests that were answered as no input may be answered."""
    return sum(count for (_, status), count in tally.items() if status >= SERVER_ERRORS)


def table(tally: Tally) -> str:
    """A line for each operation: how many requests in all, and of each status."""
    operations = sorted({operation for operation, _ in tally}, key=lambda one: one.split()[::-1])
    width = max(map(len, operations), default=0)
    return "\n".join(
        f"{operation:{width}} {sum(counts.values()):7,}  "
        + "  ".join(f"{status}: {counts[status]:,}" for status in sorted(counts))
        for operation in operations
        for counts in [{status: n for (name, status), n in tally.items() if name == operation}]
    )
