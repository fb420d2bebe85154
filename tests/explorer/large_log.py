"""Fills a local stack with many events of one type, and with one that is large."""

import threading
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.stack.local_stack import LocalStack

TYPE = "meter.read"

_BATCH = 500
_LISTED_SECONDS = 300
_LINES = 3_600
"""Entries of the large payload, of some 83 bytes each."""


def fill(stack: LocalStack, *, events: int) -> None:
    """So many events of the type `TYPE`, all listed, and `large`, whose payload has 300 KB."""
    lines = {f"reading-{n:05}": {"at": n, "unit": "kWh", "value": n / 7} for n in range(_LINES)}
    large = {"id": "large", "type": "meter.report", "payload": lines}
    stack.post(large).raise_for_status()
    last: set[str] = set()
    columns = (TextColumn("Posting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=events)
        for first in range(0, events, _BATCH):
            last = post(stack, range(first, min(first + _BATCH, events)))
            progress.advance(task, len(last))
    _await_listed(stack, last)


def post(stack: LocalStack, numbers: range) -> set[str]:
    """One batch, all of which is in the log then; gives back the ids."""
    ids = {f"meter-{n}": {"kwh": n / 4} for n in numbers}
    made = [{"id": id, "type": TYPE, "payload": payload} for id, payload in ids.items()]
    results = stack.post(made).raise_for_status().json()["results"]
    assert {one["status"] for one in results} <= {"created", "duplicate"}, results
    return set(ids)


def _await_listed(stack: LocalStack, ids: set[str]) -> None:
    query = {"type": TYPE, "limit": str(len(ids))}
    deadline = time.monotonic() + _LISTED_SECONDS
    while True:
        newest = stack.client.get("/events", params=query).raise_for_status().json()["events"]
        if ids <= {one["id"] for one in newest}:
            return
        assert time.monotonic() < deadline, "the listing does not catch up"
        threading.Event().wait(0.2)
