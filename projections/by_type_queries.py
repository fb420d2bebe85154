"""Query calls on the by-type table, lazily page by page.

Invariant: an answer is asked for only when the one before it is used up.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from domain.dynamodb_faults import passing_faults_as_unavailable
from domain.item import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef

_PARALLEL_QUERIES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Rows of one partition, by sort key from `low` to `high` if given, behind `after` if given."""

    partition: str
    low: str | None = None
    high: str | None = None
    after: str | None = None
    descending: bool = False


class ByTypeQueries:
    """Reads ranges of the by-type table.

    Raises, from every iteration:
        LogUnavailableError: try again.
    """

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table
        self._threads = ThreadPoolExecutor(_PARALLEL_QUERIES)

    def rows(self, ranges: list[Range], *, limit: int) -> list[Iterator[Item]]:
        """The rows of each range; the first `limit` rows of all ranges are asked for at once."""
        first = [self._threads.submit(self._query, rows, limit, None) for rows in ranges]
        return [
            self._following(answer, rows, limit) for answer, rows in zip(first, ranges, strict=True)
        ]

    def _following(
        self, first: Future[QueryOutputTypeDef], rows: Range, limit: int
    ) -> Iterator[Item]:
        answer = first.result()
        while True:
            yield from cast("list[Item]", answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            answer = self._query(rows, limit, answer["LastEvaluatedKey"]["sk"]["S"])

    def _query(self, rows: Range, limit: int, behind: str | None) -> QueryOutputTypeDef:
        condition, values = "pk = :pk", {":pk": {"S": rows.partition}}
        if rows.low is not None and rows.high is not None:
            condition += " AND sk BETWEEN :low AND :high"
            values |= {":low": {"S": rows.low}, ":high": {"S": rows.high}}
        behind = behind or rows.after
        start: dict[str, Any] = {}
        if behind is not None:
            key = {"pk": {"S": rows.partition}, "sk": {"S": behind}}
            start["ExclusiveStartKey"] = key
        with passing_faults_as_unavailable():
            return self._client.query(
                TableName=self._table,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                ScanIndexForward=not rows.descending,
                Limit=limit,
                **start,
            )
