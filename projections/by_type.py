"""Writes the by-type projection: one row per event, one entry per type.

Invariant: only puts keyed by the event, so any order, repetition or crash ends in the same table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from domain.dynamodb_faults import passing_faults_as_unavailable, pauses
from domain.errors import LogUnavailableError
from domain.event import Event
from domain.item import Item
from projections.by_type_rows import entry_of, row_of
from projections.stream import Unprojected

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestOutputTypeDef

_PUTS_PER_CALL = 25
_PARALLEL_CALLS = 8
_REMEMBERED_TYPES = 10_000

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an item was not written, and whether trying again may help."""

    reason: str
    passing: bool


class ByTypeProjection:
    """Puts events into the by-type table."""

    def __init__(
        self,
        client: DynamoDBClient,
        *,
        table: str,
        shards: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._shards = shards
        self._sleep = sleep
        self._threads = ThreadPoolExecutor(_PARALLEL_CALLS)
        self._known_types: set[str] = set()

    def project(self, events: list[Event]) -> list[Unprojected]:
        """Put the events' rows; gives back the events whose row or type's entry is not written.

        Raises:
            ClientError: a fault that is not about the events, such as a missing permission.
        """
        new_types = {event.type for event in events} - self._known_types
        rows = [row_of(event, shards=self._shards) for event in events]
        unwritten = self._put([*map(entry_of, new_types), *rows])
        refused_types = {
            type: unwritten[key] for type in new_types if (key := _key(entry_of(type))) in unwritten
        }
        self._remember(new_types - refused_types.keys())
        return [
            Unprojected(event, refusal.reason, refusal.passing)
            for event, row in zip(events, rows, strict=True)
            if (refusal := unwritten.get(_key(row)) or refused_types.get(event.type))
        ]

    def _remember(self, types: set[str]) -> None:
        if len(self._known_types) + len(types) > _REMEMBERED_TYPES:
            self._known_types.clear()
        self._known_types |= types

    def _put(self, items: Iterable[Item]) -> dict[Key, Refusal]:
        """Put items, each key once as BatchWriteItem demands; gives back what is not written."""
        unique = list({_key(item): item for item in items}.values())
        starts = range(0, len(unique), _PUTS_PER_CALL)
        chunks = [unique[start : start + _PUTS_PER_CALL] for start in starts]
        refused: dict[Key, Refusal] = {}
        for refused_of_chunk in self._threads.map(self._put_chunk, chunks):
            refused |= refused_of_chunk
        return refused

    def _put_chunk(self, items: list[Item]) -> dict[Key, Refusal]:
        """Put at most 25 items; if one is refused for good, the others are put without it."""
        try:
            unprocessed = self._put_with_retries(items)
        except LogUnavailableError as error:
            return {_key(item): Refusal(error.reason, passing=True) for item in items}
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            if len(items) == 1:
                reason = f"refused: {error.response['Error']['Message']}"
                return {_key(items[0]): Refusal(reason, passing=False)}
        else:
            return {_key(item): Refusal("unprocessed", passing=True) for item in unprocessed}
        half = len(items) // 2
        return self._put_chunk(items[:half]) | self._put_chunk(items[half:])

    def _put_with_retries(self, items: list[Item]) -> list[Item]:
        """Put items, and again what stays unprocessed; gives back what then still is."""
        requests = [
            cast("WriteRequestOutputTypeDef", {"PutRequest": {"Item": item}}) for item in items
        ]
        for pause in (*pauses(), None):  # the last try is followed by no pause
            with passing_faults_as_unavailable():
                answer = self._client.batch_write_item(RequestItems={self._table: requests})
            requests = answer["UnprocessedItems"].get(self._table, [])
            if not requests or pause is None:
                break
            self._sleep(pause)
        return [cast("Item", request["PutRequest"]["Item"]) for request in requests]


def _key(item: Item) -> Key:
    return item["pk"]["S"], item["sk"]["S"]
