"""What is done to the whole stack while the load goes on.

Invariant: each is in the journal before it is done.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.soak.journal import Journal
from tests.soak.machine import Machine, SoakFailedError, until

JUNK = "junk-"
_DONE = (0, 1)
"""Exit codes of a rebuild that came to its end: 1 when it has named what cannot be projected."""

_SLOWLY, _FAST = "100", "0"
"""Events a second: under load, where DynamoDB Local does little more on disk, and without limit."""
_CHECKPOINT_SECONDS = 60.0


class Actions:
    """Does one action at a time; rebuilds go on in the background until `finish`."""

    def __init__(self, machine: Machine, journal: Journal) -> None:
        self._machine = machine
        self._journal = journal
        self._rebuilds: dict[Path, subprocess.Popen[str]] = {}
        self._started = 0
        self._junk = 0
        self.outages: list[tuple[float, float]] = []
        self._by_name: Mapping[str, Callable[[], None]] = {
            "stack-killed": self._kill_stack,
            "engine-killed": self._kill_engine,
            "checkpoints-rolled-back": self._machine.replay,
            "junk-written": self._write_junk,
            "two-rebuilds": self._rebuild_twice,
            "rebuild-killed": self._kill_rebuild,
            "clock-moved-back": self._machine.keep_checkpoints,
        }

    def do(self, name: str) -> None:
        """Do it; returns when the stack is up again."""
        self._journal.add(name, "stack")
        self._by_name[name]()

    def finish(self) -> None:
        """Let the rebuilds that go on come to their end, as fast as they can now."""
        unfinished = list(self._rebuilds)
        self._kill_rebuilds()
        for checkpoint in unfinished:
            process = self._rebuild(checkpoint, rate=_FAST)
            _, errors = process.communicate()
            if process.returncode not in _DONE:
                raise SoakFailedError(f"a rebuild ends with {process.returncode}: {errors}")

    def _kill_stack(self) -> None:
        self._machine.end_stack(signal.SIGKILL)
        self._machine.start_stack()

    def _kill_engine(self) -> None:
        began = time.time()
        self._machine.kill_engine()
        self._machine.start_engine()
        self.outages.append((began, time.time()))

    def _write_junk(self) -> None:
        """Items that are no events, put around the API into the log's table."""
        stage = self._machine.stage()
        client = stage.client("dynamodb")
        bodies: list[dict[str, Any]] = [
            {},
            {"type": {"N": "1"}, "hash": {"B": b"x"}},
            {"type": {"S": "junk"}, "payload": {"S": "1"}, "hash": {"S": "no bytes"}},
        ]
        for body in bodies:
            item = {"id": {"S": f"{JUNK}{self._junk}"}, **body}
            client.put_item(TableName=stage.log_table, Item=item)
            self._junk += 1
        client.close()

    def _rebuild_twice(self) -> None:
        self._kill_rebuilds()
        for name in ("one", "other"):
            self._start_rebuild(self._new_checkpoint(name))

    def _kill_rebuild(self) -> None:
        """Kill -9 it behind its first checkpoint, and go on from there."""
        self._kill_rebuilds()
        checkpoint = self._new_checkpoint("killed")
        self._start_rebuild(checkpoint)
        self._kill_rebuilds()
        self._start_rebuild(checkpoint)

    def _kill_rebuilds(self) -> None:
        """Kill -9 those that go on: more than two at once would leave the load no room."""
        for process in self._rebuilds.values():
            process.kill()
            process.communicate()
        self._rebuilds.clear()

    def _new_checkpoint(self, name: str) -> Path:
        self._started += 1
        return self._machine.folder / f"{self._started}-{name}.checkpoint"

    def _start_rebuild(self, checkpoint: Path) -> None:
        """Start a rebuild, and wait until it has projected a page, or all."""
        before = _content(checkpoint)
        self._rebuilds[checkpoint] = process = self._rebuild(checkpoint, rate=_SLOWLY)
        until(
            lambda: _content(checkpoint) != before or process.poll() is not None,
            "a rebuild keeps a checkpoint",
            within=_CHECKPOINT_SECONDS,
        )

    def _rebuild(self, checkpoint: Path, *, rate: str) -> "subprocess.Popen[str]":
        options = ("--rate", rate, "--segments", "1", "--checkpoint", str(checkpoint))
        return self._machine.command("rebuild", "by-type", *options)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
