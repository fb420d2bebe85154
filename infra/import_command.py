"""`eventlog import`: shows an import's progress, keeps what was refused, and sums up."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import BinaryIO, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra.api_target import ApiTarget
from infra.event_import import LineOutcome, import_lines

STATUSES = ("created", "duplicate", "conflict", "invalid")


def run_import(file: Path | None, *, api: ApiTarget, rejects: Path, as_json: bool) -> int:
    """Import a file, or standard input for None; gives back how many lines were refused.

    Refused lines go to `rejects`, each as {"line", "reason", "text"}; the file is made for the
    first of them.

    Raises:
        ImportFailedError: the API did not take a batch; what was imported stays.
        OSError: a file cannot be read or written.
    """
    rejects.unlink(missing_ok=True)
    console = Console(stderr=True)
    counts: Counter[str] = Counter()
    with (
        _opened(file) as lines,
        api.log() as log,
        _progress(console) as progress,
    ):
        task = progress.add_task("Importing", total=None if file is None else _line_count(file))
        for outcomes in import_lines(lines, log=log):
            counts.update(outcome.status for outcome in outcomes)
            progress.advance(task, len(outcomes))
            _keep([outcome for outcome in outcomes if outcome.rejected], rejects)
    rejected = counts["conflict"] + counts["invalid"]
    _report(counts, rejects if rejected else None, as_json=as_json)
    return rejected


def _opened(file: Path | None) -> BinaryIO:
    return sys.stdin.buffer if file is None else file.open("rb")


def _line_count(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for line in lines if line.strip())


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console)


def _keep(outcomes: list[LineOutcome], rejects: Path) -> None:
    if not outcomes:
        return
    with rejects.open("a", encoding="utf-8") as file:
        for outcome in outcomes:
            _write(outcome, file)


def _write(outcome: LineOutcome, file: TextIO) -> None:
    fields = {
        "line": outcome.line.number,
        "status": outcome.status,
        "reason": outcome.reason,
        "text": outcome.line.text,
    }
    file.write(json.dumps(fields, ensure_ascii=False) + "\n")


def _report(counts: Counter[str], rejects: Path | None, *, as_json: bool) -> None:
    if as_json:
        summary = {status: counts[status] for status in STATUSES}
        print(json.dumps(summary | {"rejects": rejects and str(rejects)}))  # noqa: T201
        return
    found = ", ".join(f"{counts[status]} {status}" for status in STATUSES)
    print(f"{counts.total()} events: {found}")  # noqa: T201
    if rejects is not None:
        print(f"What was refused, and why, is in {rejects}")  # noqa: T201
