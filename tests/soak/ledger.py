"""What was acknowledged to the producers: what the log now owes.

Invariant: an event is in here only after an answer said that the log has it.
"""

import json
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Acknowledged:
    """What the answers said of one event; `created` counts those that claimed to have made it."""

    hash: str
    recorded_at: str
    created: int


class Ledger:
    """Acknowledgements by id, also in a file for whoever looks into a failed soak."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._file = file.open("a", encoding="utf-8")
        self.acknowledged: dict[str, Acknowledged] = {}
        self.duplicates = 0
        self.conflicts = 0
        self.retries = 0
        self.surprises: list[str] = []

    def acknowledge(self, id: str, *, hash: str, recorded_at: str, created: bool) -> None:
        """An answer said that the log has the event."""
        with self._lock:
            known = self.acknowledged.get(id)
            if known and (known.hash, known.recorded_at) != (hash, recorded_at):
                self.surprises.append(f"{id} was acknowledged twice with different content")
            count = int(created) + (known.created if known else 0)
            self.acknowledged[id] = Acknowledged(hash, recorded_at, count)
            self.duplicates += not created
            line = {"id": id, "hash": hash, "recorded_at": recorded_at, "created": created}
            self._file.write(f"{json.dumps(line)}\n")

    def conflict(self) -> None:
        """An answer refused other content under a known id, as it should."""
        with self._lock:
            self.conflicts += 1

    def retry(self) -> None:
        """A request, or a part of it, is to be sent again."""
        with self._lock:
            self.retries += 1

    def surprise(self, what: str) -> None:
        """An answer that no plan explains."""
        with self._lock:
            self.surprises.append(what)

    def close(self) -> None:
        """Write no more."""
        self._file.close()
