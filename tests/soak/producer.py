"""A producer: posts its events at its pace, and each again until the log has acknowledged it.

Invariant: an event is left only when an answer told what became of it.
"""

import json
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpx

from tests.soak.events import Sent
from tests.soak.ledger import Ledger

_AGAIN = frozenset({429, 500, 502, 503, 504})
_PAUSE_SECONDS = 0.2
_PATIENCE_SECONDS = 180.0
_REQUEST_SECONDS = 35.0


class Producer(threading.Thread):
    """Sends deliveries so that they are through after `seconds`, or as soon after as possible."""

    def __init__(
        self, deliveries: Iterable[list[Sent]], *, api: str, events: int, seconds: float, to: Ledger
    ) -> None:
        super().__init__(daemon=True)
        self._deliveries = deliveries
        self._api = api
        self._pace = events / seconds
        self._ledger = to
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Send no more."""
        self._stopping.set()

    def run(self) -> None:
        """Send everything."""
        started, sent = time.monotonic(), 0
        with httpx.Client(base_url=self._api, timeout=_REQUEST_SECONDS) as client:
            for delivery in self._deliveries:
                due = started + sent / self._pace
                if self._stopping.wait(max(0.0, due - time.monotonic())):
                    return
                self._deliver(delivery, client)
                sent += sum(one.expected == "new" for one in delivery)

    def _deliver(self, pending: list[Sent], client: httpx.Client) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while pending := self._post(pending, client):
            self._ledger.retry()
            if time.monotonic() > deadline:
                self._ledger.surprise(f"{pending[0].id} was not taken in {_PATIENCE_SECONDS:.0f} s")
                return
            if self._stopping.wait(_PAUSE_SECONDS):
                return

    def _post(self, pending: list[Sent], client: httpx.Client) -> list[Sent]:
        """One request; gives back what is to be sent again."""
        members: Any = [one.members for one in pending]
        body = json.dumps(members if len(members) > 1 else members[0])
        try:
            answer = client.post(
                "/events", content=body, headers={"Content-Type": "application/json"}
            )
        except httpx.TransportError:
            return pending
        if answer.status_code in _AGAIN:
            return pending
        if len(pending) > 1 and answer.status_code == httpx.codes.OK:
            results = answer.json()["results"]
            return [
                one
                for one, result in zip(pending, results, strict=True)
                if not self._settled(one, result["status"], result)
            ]
        status = {201: "created", 200: "duplicate", 409: "conflict"}.get(answer.status_code, "")
        if not self._settled(pending[0], status, answer.json()):
            self._ledger.surprise(f"{pending[0].id} got {answer.status_code}: {answer.text[:200]}")
        return []

    def _settled(self, one: Sent, status: str, told: dict[str, Any]) -> bool:
        """Whether what became of an event is known now; notes it."""
        if status == "conflict" and one.expected == "conflict":
            self._ledger.conflict()
        elif status in {"created", "duplicate"} and one.expected != "conflict":
            created = status == "created"
            if created and one.expected == "again":
                self._ledger.surprise(f"{one.id} was created again")
            self._ledger.acknowledge(
                one.id, hash=told["hash"], recorded_at=told["recorded_at"], created=created
            )
        elif status != "failed":
            self._ledger.surprise(f"{one.id}, {one.expected}, is told to be {status or told}")
        else:
            return False
        return True
