"""Runs a command that must not outlive its parent: it ends when this process's stdin reaches EOF.

A parent that is killed with -9 cannot clean up, but the kernel closes its end of the pipe.
Run it by its path, `python -I supervise.py -- COMMAND...`: it needs the standard library alone.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

GRACE = 5.0
"""Seconds between asking a process to end and killing it."""


def spawn(command: list[str], *, log: Path, env: dict[str, str] | None = None) -> "Supervised":
    """Start `command`, its output appended to `log`; it ends with this process at the latest."""
    supervisor = [sys.executable, "-I", str(Path(__file__).resolve()), "--", *command]
    with log.open("ab") as output:
        process = subprocess.Popen(
            supervisor,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            start_new_session=True,  # Ctrl-C is for the stack, which stops its parts in order
        )
    return Supervised(process)


class Supervised:
    """A command under supervision."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def exit_code(self, *, within: float = 0) -> int | None:
        """Exit code of the command, waited for at most `within` seconds; None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(within)
        return None

    def stop(self) -> None:
        """End the command and wait until it is gone."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()


def main(arguments: list[str]) -> int:
    """Run the command after `--`; its exit code (128 + signal where a signal ended it)."""
    command = subprocess.Popen(arguments[arguments.index("--") + 1 :], stdin=subprocess.DEVNULL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: command.terminate())
    threading.Thread(target=_end_at_eof, args=(command, 0), daemon=True).start()
    code = command.wait()
    return code if code >= 0 else 128 - code


def _end_at_eof(command: "subprocess.Popen[bytes]", pipe: int) -> None:
    while os.read(pipe, 4096):  # not sys.stdin: its lock would be held at interpreter shutdown
        pass
    command.terminate()
    try:
        command.wait(GRACE)
    except subprocess.TimeoutExpired:
        command.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
