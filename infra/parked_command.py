"""`eventlog parked` and `eventlog redrive`: what is parked, why, and how it gets back in.

Invariant: an object leaves the parking bucket by a redrive that has projected all of it, or by its
key, when an operator discards it.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from domain.errors import EventLogError
from infra.ages import age
from infra.deployed_stage import DeployedStage
from infra.stage_projections import NoSuchProjectionError, projections_of
from projections.parked import NotParkedError, Parked, ParkingLot, Redriven

FAILURES = (NotParkedError, NoSuchProjectionError, EventLogError, ClientError, BotoCoreError)
"""What keeps these commands from their work; exit code 2."""

_REASON_CHARACTERS = 80
_EXAMPLES = 3
_PIPED_WIDTH = 200


@dataclass
class Group:
    """Parked objects of one projection and reason."""

    records: int = 0
    objects: int = 0
    oldest: str = "~"
    newest: str = ""
    keys: list[str] = field(default_factory=list)

    def add(self, parked: Parked) -> None:
        """Count an object; the keys of the first few are kept as examples."""
        self.records += len(parked.records)
        self.objects += 1
        self.oldest = min(self.oldest, parked.parked_at)
        self.newest = max(self.newest, parked.parked_at)
        if len(self.keys) < _EXAMPLES:
            self.keys.append(parked.key)


def parking_lot(stage: DeployedStage) -> ParkingLot:
    """A stage's parking bucket."""
    mappings = {one.mapping(stage): one.name for one in projections_of(stage)}
    return ParkingLot(stage.client("s3"), bucket=stage.parking_bucket, mappings=mappings)


def run_parked(stage: DeployedStage, *, as_json: bool) -> int:
    """Print what is parked, by projection and reason; the exit code is 1 if anything is.

    Raises:
        One of FAILURES: the bucket cannot be read.
    """
    groups: defaultdict[tuple[str, str], Group] = defaultdict(Group)
    with _progress() as progress:
        task = progress.add_task("Reading what is parked", total=None)
        for parked in parking_lot(stage).all():
            groups[parked.projection, parked.reason[:_REASON_CHARACTERS]].add(parked)
            progress.advance(task)
    rows = [
        {"projection": projection, "reason": reason, **asdict(group)}
        for (projection, reason), group in sorted(groups.items())
    ]
    if as_json:
        records = sum(group.records for group in groups.values())
        print(json.dumps({"records": records, "groups": rows}, ensure_ascii=False))  # noqa: T201
    elif not rows:
        print("Nothing is parked.")  # noqa: T201
    else:
        _print_table(rows)
    return 1 if rows else 0


def run_keys(stage: DeployedStage) -> None:
    """Print the key of every parked object, one a line.

    Raises:
        One of FAILURES: the bucket cannot be read.
    """
    for key in parking_lot(stage).keys():  # noqa: SIM118  # not a mapping's
        print(key)  # noqa: T201


def run_show(stage: DeployedStage, key: str) -> None:
    """Print one parked object as JSON.

    Raises:
        One of FAILURES: there is none with this key, or it cannot be read.
    """
    parked = parking_lot(stage).read(key)
    print(json.dumps(asdict(parked), ensure_ascii=False, indent=2))  # noqa: T201


def run_discard(stage: DeployedStage, key: str) -> None:
    """Remove one parked object that will never be projected, and say so.

    Raises:
        One of FAILURES: there is none with this key, or it cannot be removed.
    """
    parked = parking_lot(stage).discard(key)
    print(f"Discarded {parked.key} ({parked.reason}).")  # noqa: T201
    print("The bucket keeps the object's version for 30 days.")  # noqa: T201


def run_redrive(
    stage: DeployedStage, *, projection: str | None, dry_run: bool, as_json: bool
) -> int:
    """Send what is parked through its projection again, of all projections or of one.

    The exit code is 1 if any of it stays.

    Raises:
        One of FAILURES: what was not redriven yet stays; starting again is safe.
    """
    records, kept = 0, []
    with _progress() as progress:
        task = progress.add_task("Looking" if dry_run else "Redriving", total=None)
        for one in _redriven(stage, projection, dry_run=dry_run):
            progress.advance(task)
            if one.kept is None:
                records += len(one.parked.records)
            else:
                kept.append({"key": one.parked.key, "reason": one.kept})
    if as_json:
        print(json.dumps({"dry_run": dry_run, "redriven": records, "kept": kept}))  # noqa: T201
    else:
        _say_redriven(records, kept, dry_run=dry_run)
    return 1 if kept else 0


def _redriven(stage: DeployedStage, projection: str | None, *, dry_run: bool) -> Iterator[Redriven]:
    """What becomes of each object; for `dry_run`, none is tried."""
    lot = parking_lot(stage)
    for one in projections_of(stage, projection):
        if dry_run:
            yield from (Redriven(parked, None) for parked in lot.all(one.name))
        elif lot.count(one.name):  # what is not needed is not asked for
            yield from lot.redrive(one.name, one.target(stage).project())


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _say_redriven(records: int, kept: list[dict[str, str]], *, dry_run: bool) -> None:
    if dry_run:
        print(f"Records that would be tried: {records}. Nothing was written.")  # noqa: T201
        return
    print(f"Records redriven: {records}. Objects that stay parked: {len(kept)}.")  # noqa: T201
    for one in kept:
        print(f"  {one['key']}: {one['reason']}")  # noqa: T201


def _print_table(rows: list[dict[str, Any]]) -> None:
    table = Table("projection", "records", "oldest", "newest", "reason", box=None, pad_edge=False)
    now = datetime.now(UTC)
    for row in rows:
        ages = (age(row["oldest"], now=now), age(row["newest"], now=now))
        table.add_row(row["projection"], str(row["records"]), *ages, row["reason"])
    # A program that reads it gets each group on a line of its own.
    Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH).print(table, markup=False)
    print("`eventlog parked show KEY` prints one, `eventlog parked --keys` all keys, such as")  # noqa: T201
    for row in rows:
        print(f"  {row['keys'][0]}")  # noqa: T201
