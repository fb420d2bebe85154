"""Ends an engine that a killed stack left on a data folder, and nothing that is not ours."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from infra.local.errors import LocalStackError

_WAIT_SECONDS = 10.0
_KILL_AFTER_SECONDS = 5.0
_POLL_SECONDS = 0.05
_PROC = Path("/proc")


def end_stale(argument: str) -> None:
    """End every process that has `argument`, which names a data folder, on its command line.

    Raises: LocalStackError when one does not end.
    """
    start = time.monotonic()
    while stale := [pid for pid, words in processes() if argument in words and pid != os.getpid()]:
        waited = time.monotonic() - start
        if waited > _WAIT_SECONDS:
            raise LocalStackError(
                f"process {stale[0]} of an earlier run does not end", remedy="End it and try again."
            )
        for pid in stale:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL if waited > _KILL_AFTER_SECONDS else signal.SIGTERM)
        threading.Event().wait(_POLL_SECONDS)


def processes() -> Iterator[tuple[int, list[str]]]:
    """The machine's processes: id, and the words of the command line."""
    if not (_PROC / "self" / "cmdline").exists():  # not Linux
        yield from _processes_of_ps()
        return
    for folder in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            yield int(folder.name), words


def _processes_of_ps() -> Iterator[tuple[int, list[str]]]:
    command = ["/bin/ps", "-A", "-ww", "-o", "pid=,command="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        pid, *words = line.split()
        yield int(pid), words
