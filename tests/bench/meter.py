"""Counts what DynamoDB calls take: how many there are, their units, their answers' bytes."""

from collections.abc import Callable, Mapping
from typing import Any


class Meter:
    """A DynamoDB client that counts its calls, their units and their answers' bytes."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls = self.bytes = 0
        self.units = 0.0
        events = client.meta.events
        for operation in ("PutItem", "GetItem", "BatchWriteItem", "BatchGetItem", "Query", "Scan"):
            events.register(f"provide-client-params.dynamodb.{operation}", _ask_for_units)
        events.register("after-call.dynamodb", self._note)

    def of(self, work: Callable[[], object]) -> dict[str, float]:
        """What a piece of work takes."""
        self.calls, self.bytes, self.units = 0, 0, 0.0
        work()
        told = {"units": self.units} if self.units else {}  # of PartiQL the engine tells none
        return {"calls": self.calls, "bytes": self.bytes, **told}

    def _note(self, http_response: Any, parsed: Mapping[str, Any], **_: object) -> None:
        used = parsed.get("ConsumedCapacity", [])
        self.calls += 1
        self.bytes += len(http_response.content)
        self.units += sum(u["CapacityUnits"] for u in (used if isinstance(used, list) else [used]))


def _ask_for_units(params: dict[str, Any], **_: object) -> dict[str, Any]:
    return params | {"ReturnConsumedCapacity": "TOTAL"}
