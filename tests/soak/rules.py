"""What to break at the moment: a file that the soak replaces and each worker process reads.

Invariant: a reader sees the old rules or the new, never half of either; a shot is fired once, by
whichever process takes it first.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

POISON = "poison-"
"""Ids that the by-type table refuses for good while the rules are `refusing`."""

CURSED = "cursed-"
"""Ids whose batch the by-type table denies as a whole while the rules are `refusing`."""

FOLDER = "SOAK_FOLDER"
"""Environment variable of the workers: where rules, journal and taken shots are."""


@dataclass(frozen=True)
class Shot:
    """A fault to inject exactly once, into the next call that it fits."""

    id: str
    function: str
    kind: str


@dataclass(frozen=True)
class Rules:
    """Rates by function and kind of fault, from 0 to 1 a call; shots; and what lasts.

    `clock_shift` is in seconds and moves the write function's clock. With `counting`, each call
    is in the journal, also one that does not fail.
    """

    rates: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    shots: tuple[Shot, ...] = ()
    refusing: bool = False
    clock_shift: float = 0.0
    counting: bool = False
    seed: int = 0


class RulesFile:
    """The rules in a folder, written by one process and read by many."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "rules.json"
        self._read_at: tuple[int, int] | None = None
        self._rules = Rules()

    def write(self, rules: Rules) -> None:
        """Replace the rules as one step."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(rules)), encoding="utf-8")
        draft.replace(self._file)

    def read(self) -> Rules:
        """The rules of this moment."""
        state = self._file.stat()
        version = (state.st_mtime_ns, state.st_ino)
        if version != self._read_at:
            facts = json.loads(self._file.read_text("utf-8"))
            shots = tuple(Shot(**shot) for shot in facts.pop("shots"))
            self._rules, self._read_at = Rules(shots=shots, **facts), version
        return self._rules

    def take(self, shot: Shot) -> bool:
        """Whether this process is the one to fire the shot."""
        try:
            os.close(os.open(self._folder / f"fired-{shot.id}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True
