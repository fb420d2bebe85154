"""What a projection offers to the commands that work on all of it: replay, compare, put.

Invariant: a target writes to its projection alone, never to the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from projections.differences import Found, Verified, Young
from projections.rebuild import Finish, Rebuilt, nothing
from projections.stream import Project

Progress = Callable[[str, int], None]
"""Takes, after every page, what is being done and how many items of it were done."""

Say = Callable[[str], None]
"""Takes one line about what is being done, for people."""


class Replay(Protocol):
    """Replays the whole log, going on from a checkpoint; `into` names what decides the outcome."""

    def __call__(self, *, into: str, project: Project, finish: Finish = nothing) -> Rebuilt: ...


@dataclass(frozen=True, slots=True)
class Resumption:
    """How a rebuild begins: `checkpoint` is there if one was cut off, unless it shall `restart`."""

    checkpoint: Path
    restart: bool

    @property
    def goes_on(self) -> bool:
        """Whether a rebuild that was cut off is gone on with."""
        return not self.restart and self.checkpoint.exists()


class Target(Protocol):
    """One projection of a stage, whole."""

    write_units: int
    """Write units of DynamoDB that one event costs."""

    def project(self) -> Project:
        """What puts events into it."""
        ...

    def rebuild(self, replay: Replay, *, begin: Resumption, say: Say) -> Rebuilt:
        """Make it anew by a replay of the log, while events go on being appended."""
        ...

    def verify(self, *, young: Young, found: Found, progress: Progress, mend: bool) -> Verified:
        """Compare it with the log completely, and mend it if asked."""
        ...

    def count(self) -> int:
        """How many items it has, about."""
        ...
