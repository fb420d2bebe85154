"""Reads a whole table in parallel segments, page by page.

Invariant: memory holds one page per segment, whatever the size of the table.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.ParallelScan
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, cast

from domain.errors import UnreadableItemError
from domain.event import Event
from domain.item import Item, event_of
from projections.patience import StoppedError, patiently

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PAGE_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Some items of a segment; `next` is the key to go on behind, None at the segment's end."""

    items: list[Item]
    next: Item | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item of the log that is no event: its id and what is wrong with it."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One of `count` disjoint parts, `number` from 0, that together are the whole table."""

    number: int
    count: int
    stopped: Flag


def in_segments(count: int, work: Callable[[Segment], None]) -> None:
    """Do the work for every segment, each in its own thread.

    The first failure, or Ctrl-C, stops the other segments at their next page and is raised.
    """
    stopped = Flag()
    with ThreadPoolExecutor(count) as threads:
        parts = [threads.submit(work, Segment(n, count, stopped)) for n in range(count)]
        try:
            for part in as_completed(parts):
                part.result()
        finally:
            stopped.set()


def pages(
    client: DynamoDBClient,
    *,
    table: str,
    segment: Segment,
    start: Item | None = None,
    consistent: bool = False,
) -> Iterator[Page]:
    """A segment's pages of at most 500 items or 1 MB, behind the key `start` if one is given.

    Raises:
        LogUnavailableError: DynamoDB gave no page for about two minutes.
        StoppedError: the segment's `stopped` is set.
    """
    behind: dict[str, Any] = {} if start is None else {"ExclusiveStartKey": start}
    while True:
        if segment.stopped.is_set():
            raise StoppedError
        answer = patiently(
            partial(
                client.scan,
                TableName=table,
                Segment=segment.number,
                TotalSegments=segment.count,
                Limit=_PAGE_ITEMS,
                ConsistentRead=consistent,
                **behind,
            ),
            stopped=segment.stopped,
        )
        following = cast("Item | None", answer.get("LastEvaluatedKey"))
        yield Page(cast("list[Item]", answer["Items"]), following)
        if following is None:
            return
        behind = {"ExclusiveStartKey": following}


def events_in(items: list[Item]) -> tuple[list[Event], list[Unreadable]]:
    """Items of the log → their events, and those that hold none."""
    events: list[Event] = []
    unreadable: list[Unreadable] = []
    for item in items:
        try:
            events.append(event_of(item))
        except UnreadableItemError as error:
            unreadable.append(Unreadable(item["id"]["S"], error.reason))
    return events, unreadable
