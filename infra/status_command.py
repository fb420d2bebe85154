"""`eventlog status`: one screen that says whether anything waits for an operator.

Invariant: exit code 0 means that nothing does, 1 that something is parked, behind or throttled.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from infra.ages import age, duration
from infra.aws_status import aws_status
from infra.deployed_stage import DeployedStage
from infra.local.checkpoints import UnreadableCheckpointsError
from infra.local_status import local_status
from infra.status import ProjectionStatus, Status

FAILURES = (ClientError, BotoCoreError, UnreadableCheckpointsError)
"""What keeps the status from being known; exit code 2."""

_WATCH_SECONDS = 2


def run_status(
    stage: DeployedStage,
    *,
    watch: bool,
    as_json: bool,
    wait: Callable[[float], object] = time.sleep,
) -> int:
    """Print the status once, or for `watch` until Ctrl-C; gives back the exit code.

    Raises:
        One of FAILURES.
    """
    if watch:
        _watch(stage, as_json=as_json, wait=wait)
        return 0
    status = _status(stage)
    _print(status, as_json=as_json)
    return 0 if status.healthy else 1


def _watch(stage: DeployedStage, *, as_json: bool, wait: Callable[[float], object]) -> None:
    try:
        while as_json or not Console().is_terminal:
            _print(_status(stage), as_json=as_json)
            wait(_WATCH_SECONDS)
        with Live(_screen(_status(stage)), auto_refresh=False, screen=True) as live:
            while True:
                wait(_WATCH_SECONDS)
                live.update(_screen(_status(stage)), refresh=True)
    except KeyboardInterrupt:
        return


def _status(stage: DeployedStage) -> Status:
    return aws_status(stage) if stage.data is None else local_status(stage, data=stage.data)


def _print(status: Status, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({**asdict(status), "healthy": status.healthy}), flush=True)  # noqa: T201
    else:
        Console().print(_screen(status), soft_wrap=True)


def _screen(status: Status) -> Group:
    table = Table("projection", "state", "lag", "parked", box=None, pad_edge=False)
    for one in status.projections:
        table.add_row(
            one.name,
            one.state,
            "unknown" if one.lag_seconds is None else duration(one.lag_seconds),
            str(one.parked),
            style=None if one.healthy else "red",
        )
    throttled = "not measured" if status.throttled is None else str(status.throttled)
    verdict = "healthy" if status.healthy else "needs an operator, see docs/operate.md"
    return Group(
        Text(f"Stage {status.stage}: {verdict}"),
        Text(f"Throttled in the last hour, reads and writes of the log: {throttled}"),
        table,
        *(Text(_facts(one)) for one in status.projections if one.facts),
        *(Text(_last_error(one, now=status.at)) for one in status.projections),
    )


def _facts(one: ProjectionStatus) -> str:
    named = (f"{name} {'unknown' if fact is None else fact}" for name, fact in one.facts.items())
    return f"{one.name}: {', '.join(named)}"


def _last_error(one: ProjectionStatus, *, now: str) -> str:
    if one.last_error is None:
        return f"{one.name} has logged no error."
    ago = age(one.last_error.at, now=datetime.fromisoformat(now))
    return f"Last error of {one.name}, {ago} ago: {one.last_error.message}"
