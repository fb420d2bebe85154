"""The stack's end of one worker process."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

from infra.local.function_log import STREAM
from infra.local.resources import Function
from infra.local.worker_protocol import Outcome

_START_SECONDS = 60.0
_SOURCES = Path(__file__).resolve().parents[2]


class WorkerDiedError(Exception):
    """The process ended without an answer."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"exit code {exit_code}")
        self.exit_code = exit_code


class WorkerProcess:
    """One worker. `start_error` is the error as JSON with which its handler failed to load."""

    def __init__(
        self,
        setup: tuple[Function, dict[str, str], Path],
        *,
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
    ) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "infra.local.worker", str(theirs.fileno())],
                cwd=_SOURCES,
                env=_environment(setup[0], environment, code=setup[2]),
                stdin=subprocess.PIPE,  # its end tells the worker of ours
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for the stack
            )
        self._connection = Connection(ours.detach())
        self._reader = threading.Thread(
            target=self._read_lines, args=(self._process.stdout, on_line), daemon=True
        )
        self._reader.start()
        self.usable = True
        self.start_error: bytes | None = None
        self._connection.send(setup)
        try:
            outcome, payload = self._answer(_START_SECONDS)
        except (TimeoutError, WorkerDiedError) as error:
            message = f'{{"errorType": "Runtime.ExitError", "errorMessage": "{error}"}}'
            outcome, payload = Outcome(failed=True), message.encode()
        if outcome.failed:
            self.usable, self.start_error = False, payload

    def ask(self, request_id: str, event: bytes, *, timeout: float) -> tuple[Outcome, bytes]:
        """Run the handler; what happened and its answer as JSON.

        Raises: TimeoutError, WorkerDiedError; the worker is of no use afterwards.
        """
        try:
            self._connection.send((request_id, timeout))
            self._connection.send_bytes(event)
        except OSError as error:
            raise self._died() from error
        return self._answer(timeout)

    def close(self) -> None:
        """End the process at once."""
        self.usable = False
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._reader.join()
        self._connection.close()

    def _answer(self, timeout: float) -> tuple[Outcome, bytes]:
        try:
            if not self._connection.poll(timeout):
                self.usable = False
                raise TimeoutError
            outcome: Outcome = self._connection.recv()
            return outcome, self._connection.recv_bytes()
        except (EOFError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise self._died() from error

    def _died(self) -> WorkerDiedError:
        self.usable = False
        self._process.kill()  # it closed the connection: nothing more can come of it
        return WorkerDiedError(self._process.wait())

    @staticmethod
    def _read_lines(output: IO[bytes], on_line: Callable[[str], None]) -> None:
        with output:
            for line in output:
                on_line(line.decode(errors="replace").rstrip("\n"))


def _environment(function: Function, common: Mapping[str, str], *, code: Path) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
    return {
        "PATH": os.defpath,
        "LANG": "en_US.UTF-8",
        "PYTHONUTF8": "1",
        "TZ": ":UTC",
        "_HANDLER": function.handler,
        "LAMBDA_TASK_ROOT": str(code),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info[0]}.{sys.version_info[1]}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": STREAM,
        # The developer's own AWS settings are none of the functions' business.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **common,
        **function.environment,
    }
