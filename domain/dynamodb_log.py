"""The log as a DynamoDB table whose only write is PartiQL INSERT.

Invariant: INSERT fails on a key that exists, so no call made here can replace an event.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from domain.dynamodb_faults import PASSING_STATEMENT_CODES, passing_faults_as_unavailable, pauses
from domain.errors import EventLogError, LogUnavailableError, UnreadableItemError
from domain.event import Event, NewEvent
from domain.item import Attribute, event_of, item_of
from domain.log import Appended, Outcome, append_each, compared, refuse_too_large
from domain.timestamps import format_utc

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        BatchStatementRequestTypeDef,
        BatchStatementResponseTypeDef,
        UniversalAttributeValueTypeDef,
    )

# AWS names it so on ExecuteStatement, then on BatchExecuteStatement; DynamoDB Local uses one name.
_ID_IS_TAKEN = frozenset({"DuplicateItemException", "DuplicateItem"})

_STATEMENTS_PER_CALL = 25
_PARALLEL_CALLS = 8


class DynamoDBLog:
    """A `Log` in the DynamoDB table with partition key `id`."""

    def __init__(
        self,
        client: DynamoDBClient,
        *,
        table: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._now = now
        self._sleep = sleep
        self._threads = ThreadPoolExecutor(_PARALLEL_CALLS)

    def append(self, event: NewEvent, *, recorded_by: str | None = None) -> Appended:
        """As `Log.append`: one ExecuteStatement, and a GetItem where the id is taken."""
        recorded = event.recorded(at=format_utc(self._now()), by=recorded_by)
        refuse_too_large(recorded)
        try:
            with passing_faults_as_unavailable():
                self._client.execute_statement(**self._insert(recorded))
        except ClientError as error:
            if error.response["Error"]["Code"] not in _ID_IS_TAKEN:
                raise
            outcome = self._found(recorded, retried=_was_retried(error.response))
            if isinstance(outcome, EventLogError):
                raise outcome from None
            return outcome
        return Appended(recorded, created=True)

    def append_many(
        self, events: Sequence[NewEvent], *, recorded_by: str | None = None
    ) -> list[Outcome]:
        """As `Log.append_many`: BatchExecuteStatement of 25 statements each, in parallel."""
        at = format_utc(self._now())
        return append_each(
            [event.recorded(at=at, by=recorded_by) for event in events], self._append_unique
        )

    def get(self, id: str) -> Event | None:
        """As `Log.get`: an event never changes, so an eventually consistent hit is right."""
        return self._get(id, consistent=False) or self._get(id, consistent=True)

    def _append_unique(self, events: list[Event]) -> list[Outcome]:
        starts = range(0, len(events), _STATEMENTS_PER_CALL)
        chunks = [events[start : start + _STATEMENTS_PER_CALL] for start in starts]
        return [
            outcome
            for outcomes in self._threads.map(self._append_chunk, chunks)
            for outcome in outcomes
        ]

    def _append_chunk(self, events: list[Event]) -> list[Outcome]:
        """Insert at most 25 events; statements with a passing fault are tried again."""
        outcomes: dict[str, Outcome] = {}
        pending, waits = events, pauses()
        while pending:
            try:
                outcomes |= self._try_chunk(pending, retried=pending is not events)
            except LogUnavailableError as error:
                outcomes |= {event.id: error for event in pending}
                break
            pending = [e for e in pending if isinstance(outcomes[e.id], LogUnavailableError)]
            if not pending or (pause := next(waits, None)) is None:
                break
            self._sleep(pause)
        return [outcomes[event.id] for event in events]

    def _try_chunk(self, events: list[Event], *, retried: bool) -> dict[str, Outcome]:
        with passing_faults_as_unavailable():
            answer = self._client.batch_execute_statement(
                Statements=[self._insert(event) for event in events]
            )
        retried = retried or _was_retried(answer)
        return {
            event.id: self._outcome(event, response, retried=retried)
            for event, response in zip(events, answer["Responses"], strict=True)
        }

    def _outcome(
        self, event: Event, response: BatchStatementResponseTypeDef, *, retried: bool
    ) -> Outcome:
        error = response.get("Error")
        if error is None:
            return Appended(event, created=True)
        code = error["Code"]
        if code in _ID_IS_TAKEN:
            try:
                return self._found(event, retried=retried)
            except (LogUnavailableError, UnreadableItemError) as error_found:
                return error_found
        if code in PASSING_STATEMENT_CODES:
            return LogUnavailableError(code)
        raise ClientError(
            {"Error": {"Code": code, "Message": error.get("Message", "")}}, "BatchExecuteStatement"
        )

    def _found(self, event: Event, *, retried: bool) -> Outcome:
        """The outcome of an INSERT that found its id taken.

        After a try whose answer was lost, what stands there may be this very append.
        """
        stored = self._get(event.id, consistent=True)
        if stored is None:
            return LogUnavailableError("the event with this id has just expired")
        if retried and stored == event:
            return Appended(event, created=True)
        return compared(event, stored)

    def _get(self, id: str, *, consistent: bool) -> Event | None:
        with passing_faults_as_unavailable():
            answer = self._client.get_item(
                TableName=self._table, Key={"id": {"S": id}}, ConsistentRead=consistent
            )
        item = answer.get("Item")
        return None if item is None else event_of(cast("dict[str, Attribute]", item))

    def _insert(self, event: Event) -> BatchStatementRequestTypeDef:
        item = item_of(event)
        names = ",".join(f"'{name}':?" for name in item)
        return {
            "Statement": f'INSERT INTO "{self._table}" VALUE {{{names}}}',
            "Parameters": cast("list[UniversalAttributeValueTypeDef]", list(item.values())),
        }


def _was_retried(response: object) -> bool:
    metadata = cast("dict[str, dict[str, int]]", response)["ResponseMetadata"]
    return metadata["RetryAttempts"] > 0
