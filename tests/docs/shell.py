"""One shell in which the commands of a document run, as its reader types them.

Invariant: nothing of the developer's own home or environment is seen, but for the PATH.
"""

import os
import selectors
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.bundling import ROOT

SECONDS = 120
_END = "--end-of-the-command--"


class TimedOutError(Exception):
    """A command did not end in time."""


class Shell:
    """Runs commands one after the other; variables, functions and the folder stay."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._to, self._from = process.stdin, process.stdout
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._from, selectors.EVENT_READ)

    def run(self, command: str) -> tuple[int, str]:
        """The exit code of a command, and what it printed on both outputs.

        Raises:
            TimedOutError: it goes on and on, or the shell has ended.
        """
        ended = f"printf '\\n%s %s\\n' {_END} $?"
        self._to.write(f"{{ {command}\n}} </dev/null; {ended}\n".encode())
        self._to.flush()
        printed, deadline = b"", time.monotonic() + SECONDS
        while not (lines := printed.rpartition(f"\n{_END} ".encode()))[1] or b"\n" not in lines[2]:
            ready = self._ready.select(max(0, deadline - time.monotonic()))
            more = os.read(self._from.fileno(), 65_536) if ready else b""
            if not more:
                raise TimedOutError(f"{command}\n{printed.decode(errors='replace')}")
            printed += more
        return int(lines[2]), lines[0].decode()


@contextmanager
def shell(home: Path) -> Iterator[Shell]:
    """A shell in the folder `home`, which is also its home; `eventlog` is this checkout's."""
    programs = home / ".programs"
    programs.mkdir(exist_ok=True)
    eventlog = programs / "eventlog"
    python = shlex.quote(sys.executable)
    eventlog.write_text(f'#!/bin/sh\nexec {python} -m infra.cli "$@"\n', "utf-8")
    eventlog.chmod(0o755)
    (home / ".curlrc").write_text("silent\nshow-error\n")  # as on a terminal: no progress meter
    path = [str(programs), str(Path(sys.executable).parent), os.environ["PATH"]]
    environ = {"HOME": str(home), "PATH": ":".join(path), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        ["bash", "--noprofile", "--norc"],  # noqa: S607  # the one on the PATH, as in a terminal
        cwd=home,
        env=environ | {"LANG": "C.UTF-8", "COLUMNS": "200", "NO_COLOR": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield Shell(process)
    finally:
        process.kill()
        process.communicate()
