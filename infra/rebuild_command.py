"""`eventlog rebuild`: shows a projection being rebuilt from the log, and sums up.

Invariant: 0 means that every event is projected, 1 that what was named is not.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from domain.errors import EventLogError
from infra.ages import duration
from projections.log_scan import Unreadable
from projections.projection_target import Resumption, Target
from projections.rebuild import Finish, ProjectionBusyError, Rebuilt, nothing, rebuild
from projections.rebuild_checkpoint import CheckpointError
from projections.stream import Project
from projections.table_facts import Estimate, estimate

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FAILURES = (CheckpointError, ProjectionBusyError, EventLogError, ClientError, BotoCoreError)
"""What keeps a rebuild from ending; exit code 2. The checkpoint, if there is one, stays."""


def run_rebuild(  # noqa: PLR0913  # one per option
    client: DynamoDBClient,
    *,
    log_table: str,
    target: Target,
    segments: int,
    rate: float | None,
    checkpoint: Path,
    restart: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Rebuild, or for `dry_run` only say what it takes; gives back the exit code.

    Raises:
        One of FAILURES: it could not be tried, or not be ended; starting again goes on.
    """
    console = Console(stderr=True)
    expected = estimate(client, log_table=log_table, rate=rate, write_units=target.write_units)
    _show_estimate(expected, console)
    if dry_run:
        if as_json:
            print(json.dumps({"dry_run": True, **asdict(expected)}))  # noqa: T201
        return 0
    begin = Resumption(checkpoint, restart)
    _show_beginning(begin, console)
    if restart:
        checkpoint.unlink(missing_ok=True)
    with _progress(console) as bar:
        task = bar.add_task("Rebuilding", total=expected.events)

        def say(line: str) -> None:
            console.print(line, markup=False, highlight=False, soft_wrap=True)

        def progress(counts: Rebuilt, left: list[Unreadable]) -> None:
            bar.update(task, completed=counts.items)
            for item in left:
                say(f"not projected: {item.id!r}: {item.reason}")

        def replay(*, into: str, project: Project, finish: Finish = nothing) -> Rebuilt:
            return rebuild(
                client,
                log_table=log_table,
                into=into,
                project=project,
                segments=segments,
                rate=rate,
                checkpoint=checkpoint,
                progress=progress,
                finish=finish,
            )

        done = target.rebuild(replay, begin=begin, say=say)
        bar.update(task, total=done.items, completed=done.items)
    _report(done, as_json=as_json)
    return 1 if done.unreadable or done.refused else 0


def _show_beginning(begin: Resumption, console: Console) -> None:
    """Say how old an earlier rebuild is: since then the projection may have lost what it put."""
    if begin.goes_on:
        written = datetime.fromtimestamp(begin.checkpoint.stat().st_mtime, UTC)
        ago = duration((datetime.now(UTC) - written).total_seconds())
        console.print(
            f"{begin.checkpoint} is of a rebuild that was cut off {ago} ago: going on behind it."
            " If the projection has lost anything since, begin anew with --restart.",
            highlight=False,
            soft_wrap=True,
        )


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    disable = not console.is_terminal
    return Progress(*columns, TimeRemainingColumn(), console=console, disable=disable)


def _show_estimate(expected: Estimate, console: Console) -> None:
    time = "" if expected.seconds is None else f", {expected.seconds:,.0f} s at this rate"
    console.print(
        f"About {expected.events:,} events of {expected.bytes:,} bytes (AWS counts them every six"
        f" hours): {expected.write_units:,} write and {expected.read_units:,} read units,"
        f" ${expected.dollars:,.2f} on demand in us-east-1{time}",
        highlight=False,
        soft_wrap=True,
    )


def _report(done: Rebuilt, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(done)))  # noqa: T201
        return
    print(  # noqa: T201
        f"{done.items} items: {done.projected} projected, {done.unreadable} unreadable,"
        f" {done.refused} refused"
    )
