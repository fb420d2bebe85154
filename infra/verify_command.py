"""`eventlog verify`: compares a projection with the log, shows where, and mends it.

Invariant: 0 means that they were equal, or are now that they were repaired; 1 that they differ.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from domain.errors import EventLogError
from projections.differences import Difference, Verified, Young
from projections.projection_target import Target
from projections.table_facts import table_facts
from projections.verify import COMPARING_LOG, READING_LOG

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FAILURES = (EventLogError, ClientError, BotoCoreError)
"""What keeps a comparison from being made; exit code 2."""

_LISTED_DIFFERENCES = 1_000


def run_verify(
    client: DynamoDBClient,
    *,
    log_table: str,
    target: Target,
    lag_seconds: float,
    repair: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Compare, and for `repair` mend what differs and compare again; gives back the exit code.

    With `dry_run`, `repair` only shows what it would mend. Every difference is printed as it is
    found; the JSON summary lists the first 1,000.

    Raises:
        One of FAILURES: it could not be tried, or not be ended.
    """
    totals = _Totals(log=table_facts(client, log_table).items, projection=target.count())
    mend = repair and not dry_run
    lag = timedelta(seconds=lag_seconds)
    verified, listed = _verify(target, totals, lag=lag, mend=mend, as_json=as_json)
    left = verified
    if mend and not verified.equal:
        left, _ = _verify(target, totals, lag=lag, mend=False, as_json=as_json)
    summary = {
        **asdict(verified),
        "listed": [asdict(difference) for difference in listed],
        "repaired": mend,
        "left": left.differences,
    }
    _report(summary, would_repair=repair and dry_run, as_json=as_json)
    return 0 if left.equal else 1


@dataclass(frozen=True, slots=True)
class _Totals:
    """About how many items there are to be compared."""

    log: int
    projection: int


def _verify(
    target: Target, totals: _Totals, *, lag: timedelta, mend: bool, as_json: bool
) -> tuple[Verified, list[Difference]]:
    """One comparison with its progress on standard error, and the first differences."""
    listed: list[Difference] = []
    with _Bars(totals) as bars:

        def found(difference: Difference) -> None:
            if len(listed) < _LISTED_DIFFERENCES:
                listed.append(difference)
            if not as_json:
                print(_shown(difference))  # noqa: T201

        verified = target.verify(
            young=Young.at(datetime.now(UTC), lag=lag),
            found=found,
            progress=bars.advance_stage,
            mend=mend,
        )
    return verified, listed


class _Bars(Progress):
    """A progress bar per pass."""

    def __init__(self, totals: _Totals) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        # Differences go to the real standard output, whether or not a bar is drawn.
        console = Console(stderr=True)
        disable = not console.is_terminal
        super().__init__(*columns, console=console, redirect_stdout=False, disable=disable)
        self._totals = totals
        self._started: dict[str, TaskID] = {}

    def advance_stage(self, stage: str, items: int) -> None:
        """So many more items of a pass are done."""
        if stage not in self._started:
            of_log = stage in {READING_LOG, COMPARING_LOG}
            total = self._totals.log if of_log else self._totals.projection
            self._started[stage] = self.add_task(stage, total=total)
        self.advance(self._started[stage], items)


def _shown(difference: Difference) -> str:
    where = "" if difference.key is None else f" at {' / '.join(difference.key)}"
    return f"{difference.kind} {difference.of}: {difference.id!r}{where}"


def _report(summary: dict[str, Any], *, would_repair: bool, as_json: bool) -> None:
    if as_json:
        print(json.dumps(summary, ensure_ascii=False))  # noqa: T201
        return
    expired = f", {summary['expired']} of months that are not kept" if summary["expired"] else ""
    print(  # noqa: T201
        f"{summary['log_events']} events and {summary['rows']} rows compared,"
        f" {summary['left_out']} too young to be{expired}; {_counted(summary['differences'])}"
    )
    mendable = {k: n for k, n in summary["differences"].items() if k != "unreadable"}
    if would_repair and mendable:
        print(f"Nothing was written; --repair would mend {_counted(mendable)}")  # noqa: T201
    if summary["left_out"] and not summary["log_events"] + summary["rows"]:
        print("Nothing was old enough to be compared: see --lag")  # noqa: T201
    if summary["repaired"] and summary["differences"]:
        print(f"After the repair: {_counted(summary['left'])}")  # noqa: T201


def _counted(differences: dict[str, int]) -> str:
    named = ", ".join(f"{count} {kind}" for kind, count in sorted(differences.items()))
    return named or "no difference"
