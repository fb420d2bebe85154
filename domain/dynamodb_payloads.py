"""Reads many events' payloads out of the log table at once.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from domain.dynamodb_faults import passing_faults_as_unavailable, pauses
from domain.errors import LogUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

_KEYS_PER_CALL = 100


class DynamoDBPayloads:
    """Ids → payloads' texts, out of the log table."""

    def __init__(
        self,
        client: DynamoDBClient,
        *,
        table: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._sleep = sleep

    def __call__(self, ids: list[str]) -> dict[str, str]:
        """Each id's payload; what an eventually consistent read misses is read consistently.

        Raises:
            LogUnavailableError: try again.
        """
        payloads: dict[str, str] = {}
        for consistent in (False, True):
            missing = [id for id in ids if id not in payloads]
            for start in range(0, len(missing), _KEYS_PER_CALL):
                keys = missing[start : start + _KEYS_PER_CALL]
                payloads |= self._read(keys, consistent=consistent)
        return payloads

    def _read(self, ids: list[str], *, consistent: bool) -> dict[str, str]:
        wanted: KeysAndAttributesTypeDef = {
            "Keys": [{"id": {"S": id}} for id in ids],
            "ProjectionExpression": "id, payload",
            "ConsistentRead": consistent,
        }
        payloads: dict[str, str] = {}
        for pause in (*pauses(), None):  # the last try is followed by no pause
            with passing_faults_as_unavailable():
                answer = self._client.batch_get_item(RequestItems={self._table: wanted})
            for item in answer["Responses"].get(self._table, []):
                payloads[item["id"]["S"]] = item["payload"]["S"]
            if self._table not in answer["UnprocessedKeys"]:
                return payloads
            wanted = answer["UnprocessedKeys"][self._table]  # type: ignore[assignment]  # same shape
            if pause is not None:
                self._sleep(pause)
        raise LogUnavailableError("payloads stay unprocessed")
