"""The file that tells commands where a running stack is, and the report that it leaves behind."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from infra.running_stack import STACK_FILE, RunningStack


@contextmanager
def announced(
    stack: RunningStack, data: Path, *, report: Callable[[], dict[str, Any]]
) -> Iterator[None]:
    """While the stack runs, `stack.json` tells where; afterwards the guard's report is left."""
    file = data / STACK_FILE
    _write(file, asdict(stack))
    try:
        yield
    finally:
        file.unlink()
        _write(data / "iam-report.json", report())


def _write(file: Path, content: dict[str, Any]) -> None:
    """Readable by its owner alone: the stack's file has its API keys."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(json.dumps(content, indent=2) + "\n")
    new.replace(file)
