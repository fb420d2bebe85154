"""`eventlog demo`: business events posted at a pace one can watch, and when they are listed.

Invariant: what it shows was measured; an event counts as listed when the API lists it.
"""

import itertools
import random
import time
import uuid
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from api.client import ApiError, EventLog
from infra.api_target import ApiTarget

_SHOWN = 12
_LOOKED_AT = 100
_CATCH_UP_SECONDS = 10
_CUSTOMERS = ("Ana", "Bruno", "Chiara", "Deniz", "Emil", "Fatou")
_PRODUCTS = {"coffee": 8.9, "tea": 6.5, "honey": 7.25, "jam": 4.8}
_STEPS = ("order.placed", "payment.authorized", "payment.captured", "shipment.dispatched")


class DemoFailedError(Exception):
    """The API could not be reached or refused an event; the message says why."""


@dataclass
class Posted:
    """One posted event: when it was posted and when it was first seen listed, in seconds."""

    id: str
    type: str
    text: str
    posted: float
    listed: float | None = None

    @property
    def lag(self) -> float | None:
        """Seconds from the acknowledgement to the listing."""
        return None if self.listed is None else self.listed - self.posted


@dataclass
class Progress:
    """All that was posted, and the ids that are not listed yet."""

    posted: list[Posted] = field(default_factory=list)

    def waiting(self) -> list[Posted]:
        """What is posted and not listed yet."""
        return [event for event in self.posted if event.listed is None]

    def lags(self) -> list[float]:
        """Seconds from acknowledgement to listing, of what is listed."""
        return sorted(event.lag for event in self.posted if event.lag is not None)


def run_demo(api: ApiTarget, *, rate: float, seconds: float) -> None:
    """Post `rate` events a second for so many seconds, show each one's lag, and sum up.

    Raises:
        DemoFailedError: the API is out of reach, refuses an event or does not list it in time.
    """
    console = Console()
    progress = Progress()
    try:
        with api.log() as log:
            with Live(console=console, auto_refresh=False, transient=False) as live:
                _play(log, progress, live=live, rate=rate, seconds=seconds)
            _sum_up(console, api.address, progress)
    except ApiError as error:
        raise DemoFailedError(str(error)) from error


def _play(log: EventLog, progress: Progress, *, live: Live, rate: float, seconds: float) -> None:
    start = time.monotonic()
    stories = _stories(random.Random())  # noqa: S311  # a play, no secret
    for number in range(int(rate * seconds)):
        _post(log, progress, next(stories))
        while True:
            _look(log, progress)
            live.update(_table(progress), refresh=True)
            wait = start + (number + 1) / rate - time.monotonic()
            if wait <= 0:
                break
            time.sleep(min(wait, 0.05))  # the pace of the play
    deadline = time.monotonic() + _CATCH_UP_SECONDS
    while progress.waiting():
        if time.monotonic() > deadline:
            late = len(progress.waiting())
            raise DemoFailedError(f"{late} events are not listed after {_CATCH_UP_SECONDS} s")
        _look(log, progress)
        live.update(_table(progress), refresh=True)


def _post(log: EventLog, progress: Progress, event: dict[str, Any]) -> None:
    log.append(**event)
    text = ", ".join(f"{key} {value}" for key, value in event["payload"].items())
    progress.posted.append(Posted(event["id"], event["type"], text, time.monotonic()))


def _look(log: EventLog, progress: Progress) -> None:
    """List the types that an event is waited for in; note which of them are there now."""
    for type in sorted({event.type for event in progress.waiting()}):
        newest = itertools.islice(log.list(type, page_size=_LOOKED_AT), _LOOKED_AT)
        found = {event.id for event in newest}
        now = time.monotonic()
        for event in progress.waiting():
            if event.id in found:
                event.listed = now


def _stories(rng: random.Random) -> Iterator[dict[str, Any]]:
    """Events of orders that overlap: each is placed, paid and shipped in this order."""
    running: deque[Iterator[dict[str, Any]]] = deque()
    while True:
        if len(running) < len(_STEPS) or rng.random() < 1 / len(_STEPS):
            running.append(_order(rng))
        story = running[rng.randrange(len(running))]
        event = next(story, None)
        if event is None:
            running.remove(story)
        else:
            yield event


def _order(rng: random.Random) -> Iterator[dict[str, Any]]:
    order = f"order-{uuid.uuid4().hex[:8]}"
    product, price = rng.choice(list(_PRODUCTS.items()))
    quantity = rng.randint(1, 5)
    facts = {"customer": rng.choice(_CUSTOMERS), "product": product, "quantity": quantity}
    amount = {"order": order, "amount": round(price * quantity, 2), "currency": "EUR"}
    payloads: tuple[dict[str, Any], ...] = (
        {"order": order, **facts},
        amount,
        amount,
        {"order": order, "carrier": "bike"},
    )
    cause = None
    for type, payload in zip(_STEPS, payloads, strict=True):
        event: dict[str, Any] = {
            "id": f"{order}/{type}",
            "type": type,
            "source": "/demo/shop",
            "subject": order,
        }
        event |= {"correlation_id": order, "payload": payload}
        yield event if cause is None else event | {"causation_id": cause}
        cause = event["id"]


def _table(progress: Progress) -> Table:
    lags = progress.lags()
    newest = f"median lag {median(lags) * 1000:.0f} ms" if lags else "waiting for the first"
    listed = len(progress.posted) - len(progress.waiting())
    table = Table(title=f"{len(progress.posted)} posted, {listed} listed, {newest}", expand=True)
    table.add_column("type", no_wrap=True, min_width=max(map(len, _STEPS)))
    table.add_column("event", no_wrap=True, ratio=1)
    table.add_column("listed after", no_wrap=True, justify="right", min_width=12)
    for event in itertools.islice(reversed(progress.posted), _SHOWN):
        lag = "…" if event.lag is None else f"{event.lag * 1000:.0f} ms"
        table.add_row(event.type, event.text, lag)
    return table


def _sum_up(console: Console, api: str, progress: Progress) -> None:
    lags = progress.lags()
    first = progress.posted[0]
    console.print(
        f"{len(lags)} events posted and listed; from the 201 to the listing: "
        f"median {median(lags) * 1000:.0f} ms, longest {lags[-1] * 1000:.0f} ms."
    )
    console.print("Now try:", style="bold")
    for path in ("/types", "/events?type=order.placed&limit=3", f"/events?id={first.id}"):
        console.print(f"  curl '{api}{path}'", soft_wrap=True, highlight=False)
