"""`eventlog rebuild --distributed`: starts a run on AWS's machines, or finds it, and watches it.

Invariant: 0 means that every event is projected, 1 that what could not be is parked. Ending the
command ends no run.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra.distributed_estimate import DistributedEstimate, estimate
from infra.distributed_run import DistributedRuns, Run, RunFailedError
from projections.rebuild import Rebuilt

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

_LOOK_SECONDS = 2.0


class StillRunningError(Exception):
    """The operator ended the command, not the run."""

    def __init__(self, run: Run) -> None:
        super().__init__(f"{run.name} goes on; the same command watches it again")


FAILURES = (RunFailedError, StillRunningError, ClientError, BotoCoreError)
"""What keeps a rebuild from being seen to end; exit code 2."""


def run_distributed(  # noqa: PLR0913  # one per option
    *,
    dynamodb: DynamoDBClient,
    step_functions: Any,
    s3: S3Client,
    log_table: str,
    state_machine: str,
    workers: int,
    rate: float | None,
    dry_run: bool,
    as_json: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Rebuild, or for `dry_run` only say what it takes; gives back the exit code.

    `rate` is in events a second over all workers, `state_machine` an ARN.

    Raises:
        One of FAILURES: it could not be tried, failed, or was not watched to its end.
    """
    console = Console(stderr=True)
    expected = estimate(dynamodb, log_table=log_table, workers=workers, rate=rate)
    _show_estimate(expected, workers, console)
    if dry_run:
        if as_json:
            print(json.dumps({"dry_run": True, **asdict(expected)}))  # noqa: T201
        return 0
    runs = DistributedRuns(step_functions, state_machine=state_machine)
    run = runs.start(workers=workers, worker_rate=None if rate is None else rate / workers)
    begun = "runs already, with the workers and the rate that it has" if run.found else "is started"
    console.print(f"{run.name} {begun}: {run.arn}", highlight=False, soft_wrap=True)
    try:
        _watch(runs, run, console, sleep)
    except KeyboardInterrupt:
        raise StillRunningError(run) from None
    done = runs.outcome(run, s3)
    _report(run, done, as_json=as_json)
    return 1 if done.unreadable or done.refused else 0


def _watch(
    runs: DistributedRuns, run: Run, console: Console, sleep: Callable[[float], None]
) -> None:
    """Show the run until it ends."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("Exporting the log", total=None)
        while (seen := runs.progress(run)).running:
            if seen.total:
                bar.update(
                    task, description="Replaying files", completed=seen.done, total=seen.total
                )
            sleep(_LOOK_SECONDS)
        bar.update(task, completed=seen.total, total=seen.total)


def _show_estimate(expected: DistributedEstimate, workers: int, console: Console) -> None:
    console.print(
        f"About {expected.events:,} events of {expected.bytes:,} bytes (AWS counts them every six"
        f" hours): an export, {expected.write_units:,} write units, {expected.gb_seconds:,}"
        f" GB-seconds of Lambda and {expected.transitions:,} state transitions,"
        f" ${expected.dollars:,.2f} on demand in us-east-1; {expected.seconds:,.0f} s for"
        f" {workers} workers, once the export is made",
        highlight=False,
        soft_wrap=True,
    )


def _report(run: Run, done: Rebuilt, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"execution": run.name, **asdict(done)}))  # noqa: T201
        return
    print(  # noqa: T201
        f"{done.items} items: {done.projected} projected;"
        f" parked are {done.unreadable} unreadable and {done.refused} refused"
    )
