"""Runs a command that must not outlive its parent: it ends when this process's stdin reaches EOF.

A parent that is killed with -9 cannot clean up, but the kernel closes its end of the pipe.
Run it by its path, `python -I supervise.py [USER] -- COMMAND...`: it needs the standard library
alone.
"""

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

GRACE = 5.0
"""Seconds between asking a process to end and killing it."""


def spawn(
    command: list[str],
    *,
    log: Path,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
) -> "Supervised":
    """Start `command`, its output appended to `log`; it ends with this process at the latest.

    With `user`, as that user alone, which only root may.
    """
    as_user = [user] if user else []
    supervisor = [sys.executable, "-I", str(Path(__file__).resolve()), *as_user, "--", *command]
    with log.open("ab") as output:
        process = subprocess.Popen(
            supervisor,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
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
    end = arguments.index("--")
    command = subprocess.Popen(
        arguments[end + 1 :], stdin=subprocess.DEVNULL, **_identity(*arguments[:end])
    )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: command.terminate())
    threading.Thread(target=_end_at_eof, args=(command, 0), daemon=True).start()
    code = command.wait()
    return code if code >= 0 else 128 - code


def _identity(user: str | None = None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


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
