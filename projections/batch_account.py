"""What became of a batch's records, counted so that redeliveries change no sum.

Invariant: Lambda delivers the first failed record again with all that are behind it, so that only
those before it are counted, each of them once.
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from domain.event import Event
from domain.metrics import PARKED, PROJECTED, PROJECTION_LAG, Measured


class BatchAccount:
    """One batch, by the sequence numbers of its records, in their order."""

    def __init__(self, numbers: list[str]) -> None:
        self._numbers = numbers
        self._lags: dict[str, float | None] = {}
        self._parked: set[str] = set()
        self.failed: list[str] = []

    def project(self, number: str, event: Event, *, at: datetime) -> None:
        """A record's event is in the projection."""
        self._lags[number] = _milliseconds(event.recorded_at, at)

    def park(self, number: str) -> None:
        """A record is parked."""
        self._parked.add(number)

    def fail(self, *numbers: str) -> None:
        """These records are left to the stream."""
        self.failed += numbers

    def measured(self, projector: str) -> Measured:
        """What is done for good: how much, and the longest time from append to projection."""
        settled = set(self._settled())
        lags = [lag for number in settled & self._lags.keys() if (lag := self._lags[number])]
        numbers = {
            PROJECTED: len(settled & self._lags.keys()),
            PARKED: len(settled & self._parked),
            PROJECTION_LAG: round(max(lags, default=0)),
        }
        return Measured({(m, projector): number for m, number in numbers.items() if number})

    def summary(self) -> dict[str, Any]:
        """What this delivery did, for its line in the log."""
        return {
            "records": len(self._numbers),
            "projected": len(self._lags),
            "parked": len(self._parked),
            "failed": len(self.failed),
        }

    def _settled(self) -> Iterator[str]:
        failed = set(self.failed)
        for number in self._numbers:
            if number in failed:
                return
            yield number


def _milliseconds(recorded_at: str, at: datetime) -> float | None:
    """From append to projection; None for an item whose time, written around the API, is none."""
    try:
        since = at - datetime.fromisoformat(recorded_at)
    except (TypeError, ValueError):
        return None
    return max(0.0, since.total_seconds() * 1_000)
