"""How far a rebuild is: per segment of the scan the last key, kept in a file across crashes.

Invariant: what the file says is projected was projected; it may say less, never more.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domain.item import Item


class CheckpointError(Exception):
    """The file at `path` is no checkpoint, or one of another rebuild."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path}: {reason}. Delete the file to begin anew, or name another one")


class RebuildCheckpoint:
    """Positions and counts of the rebuild that `about` describes, in one file.

    A rebuild that ends removes its file, so one that is there is of a rebuild that was cut off.

    Raises:
        CheckpointError: the file is about another table, target or number of segments.
    """

    def __init__(self, path: Path, *, about: Mapping[str, str | int]) -> None:
        self._path = path
        self._about = dict(about)
        self._positions: dict[str, Item | None] = {}
        self.counts: dict[str, int] = {}
        if path.exists():
            self._load()

    def is_done(self, segment: int) -> bool:
        """Whether the segment was projected to its end."""
        return self._positions.get(str(segment), ...) is None

    def position(self, segment: int) -> Item | None:
        """The key behind which the segment goes on; None at its beginning."""
        return self._positions.get(str(segment))

    def advance(self, segment: int, position: Item | None, *, counts: Mapping[str, int]) -> None:
        """Keep that the segment is projected up to this key, or to its end for None."""
        self._positions[str(segment)] = position
        self.counts = dict(counts)
        self._save()

    def remove(self) -> None:
        """All is projected: there is nothing to go on with."""
        self._path.unlink(missing_ok=True)

    def _load(self) -> None:
        try:
            kept: Any = json.loads(self._path.read_bytes())
            about, positions, counts = kept["about"], kept["positions"], kept["counts"]
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError(self._path, "it is not a rebuild's checkpoint") from error
        for name in self._about:
            if about.get(name) != self._about[name]:
                there, here = about.get(name), self._about[name]
                reason = f"it is of another rebuild ({name}: {there!r} there, {here!r} here)"
                raise CheckpointError(self._path, reason)
        self._positions, self.counts = positions, counts

    def _save(self) -> None:
        """Replace the file as one step: a crash leaves the old or the new, never half of one."""
        kept = {"about": self._about, "positions": self._positions, "counts": self.counts}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # A draft of its own, since two rebuilds may by mistake share the path.
        number, draft = tempfile.mkstemp(prefix=f"{self._path.name}.", dir=self._path.parent)
        with os.fdopen(number, "w") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(self._path)
