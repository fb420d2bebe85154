"""The journal of a soak: one JSON line for each fault, from every process that injects.

Invariant: a fault is in the journal before it happens, so that the count is exact whatever it ends.
Rows that were taken are in it after they were: a rebuild beside cannot hide what a projector lost.
"""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CALL = "call"
"""A call went out, to fail or not; only where calls are counted."""

TAKEN = "taken"
"""The by-type table took these events' rows from the projector."""


@dataclass(frozen=True)
class Entry:
    """A fault, or what else is noted: in which function's call or to which part, and the ids."""

    kind: str
    where: str
    ids: tuple[str, ...] = ()
    at: float = 0.0

    @property
    def is_fault(self) -> bool:
        """Whether something was broken."""
        return self.kind not in {CALL, TAKEN}


class Journal:
    """Appends to the journal of a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / "journal.ndjson", os.O_RDWR | os.O_CREAT | os.O_APPEND)
        self._path = folder / "journal.ndjson"

    @property
    def size(self) -> int:
        """Bytes so far: differs after every fault."""
        return os.fstat(self._file).st_size

    def add(self, kind: str, where: str, ids: Iterable[str] = ()) -> None:
        """Note one thing: one write, which the kernel does not mix with others."""
        line = {"kind": kind, "where": where, "ids": list(ids), "at": time.time()}
        os.write(self._file, f"{json.dumps(line)}\n".encode())

    def read(self) -> list[Entry]:
        """Everything so far."""
        found = []
        for line in self._path.read_text("utf-8").splitlines():
            facts = json.loads(line)
            found.append(Entry(facts["kind"], facts["where"], tuple(facts["ids"]), facts["at"]))
        return found

    def close(self) -> None:
        """Write no more."""
        os.close(self._file)
