"""Reads and writes many items of a table by their keys, whatever DynamoDB leaves unprocessed.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, cast

from domain.errors import LogUnavailableError
from domain.item import Item
from projections.patience import long_pauses, patiently, wait

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEYS_PER_READ = 100
_ITEMS_PER_WRITE = 25


class KeyedItems:
    """The items of one table.

    Raises, from every method:
        LogUnavailableError: DynamoDB did not do it all within about two minutes.
        StoppedError: `stopped` was set while waiting.
    """

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def read(
        self, keys: list[Item], *, stopped: Flag, attributes: tuple[str, ...] = ()
    ) -> Iterator[Item]:
        """The items that are there now (strongly consistent), of all attributes or of some."""
        names = {f"#{number}": name for number, name in enumerate(attributes)}
        some: dict[str, Any] = {
            "ProjectionExpression": ",".join(names),
            "ExpressionAttributeNames": names,
        }
        for start in range(0, len(keys), _KEYS_PER_READ):
            wanted: Any = {
                "Keys": keys[start : start + _KEYS_PER_READ],
                "ConsistentRead": True,
                **(some if attributes else {}),
            }
            yield from self._read(wanted, stopped)

    def put(self, items: list[Item], *, stopped: Flag) -> None:
        """Put items, no two of one key."""
        self._write([{"PutRequest": {"Item": item}} for item in items], stopped)

    def delete(self, keys: list[Item], *, stopped: Flag) -> None:
        """Delete the items of these keys."""
        self._write([{"DeleteRequest": {"Key": key}} for key in keys], stopped)

    def _read(self, wanted: Any, stopped: Flag) -> Iterator[Item]:
        pauses = long_pauses()
        while True:
            answer = patiently(
                partial(self._client.batch_get_item, RequestItems={self._table: wanted}),
                stopped=stopped,
            )
            yield from cast("list[Item]", answer["Responses"].get(self._table, []))
            if self._table not in answer["UnprocessedKeys"]:
                return
            wanted = answer["UnprocessedKeys"][self._table]
            _pause(pauses, stopped)

    def _write(self, requests: list[Any], stopped: Flag) -> None:
        for start in range(0, len(requests), _ITEMS_PER_WRITE):
            left = requests[start : start + _ITEMS_PER_WRITE]
            pauses = long_pauses()
            while True:
                answer = patiently(
                    partial(self._client.batch_write_item, RequestItems={self._table: left}),
                    stopped=stopped,
                )
                left = answer["UnprocessedItems"].get(self._table, [])
                if not left:
                    break
                _pause(pauses, stopped)


def _pause(pauses: Iterator[float], stopped: Flag) -> None:
    pause = next(pauses, None)
    if pause is None:
        raise LogUnavailableError("items stay unprocessed")
    wait(pause, stopped=stopped)
