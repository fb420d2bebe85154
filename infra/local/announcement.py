"""The file that tells commands where a running stack is, and the report that it leaves behind."""

import json
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
    new = file.with_suffix(".new")
    new.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    new.replace(file)
