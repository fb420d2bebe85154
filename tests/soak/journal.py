"""The journal of injected faults: one JSON line each, from every process that injects.

Invariant: a fault is in the journal before it happens, so that the count is exact whatever it ends.
"""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Injected:
    """One fault: what, in which function's call or to which part, and the events concerned."""

    kind: str
    where: str
    ids: tuple[str, ...] = ()
    at: float = 0.0


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
        """Note a fault that is about to happen: one write, which the kernel does not mix up."""
        line = {"kind": kind, "where": where, "ids": list(ids), "at": time.time()}
        os.write(self._file, f"{json.dumps(line)}\n".encode())

    def read(self) -> list[Injected]:
        """All faults so far."""
        found = []
        for line in self._path.read_text("utf-8").splitlines():
            facts = json.loads(line)
            found.append(Injected(facts["kind"], facts["where"], tuple(facts["ids"]), facts["at"]))
        return found

    def close(self) -> None:
        """Write no more."""
        os.close(self._file)
