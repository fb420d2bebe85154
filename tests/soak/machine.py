"""The engine and the stack as processes that can be killed with -9 and started again.

Invariant: both keep their port and their folder, so that whoever waits for them finds them again.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from infra.deployed_stage import LOCAL, DeployedStage, deployed_stage
from infra.local.engine import Engine
from infra.local.engines import dynamodb_local
from infra.local.errors import PortBusyError
from infra.local.ports import check_port
from infra.local.stale import processes
from infra.running_stack import STACK_FILE
from tests.soak.stack_process import ROOT

_READY_SECONDS = 120.0
_END_SECONDS = 30.0
_NO_CLIENTS_PORTS = range(20_000, 32_768)


class SoakFailedError(Exception):
    """The soak itself cannot go on."""


def until(condition: Callable[[], bool], what: str, *, within: float) -> None:
    """Wait for a condition.

    Raises: SoakFailedError when it does not come true in so many seconds.
    """
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise SoakFailedError(f"{what}: not within {within:.0f} s")
        threading.Event().wait(0.05)


def _lasting_ports() -> Iterator[int]:
    """Free ports that no client gets from the kernel, not even while their server is down.

    https://docs.kernel.org/networking/ip-sysctl.html (ip_local_port_range)
    """
    for port in random.sample(_NO_CLIENTS_PORTS, len(_NO_CLIENTS_PORTS)):
        with suppress(PortBusyError):
            yield check_port(port)


class Machine:
    """Engine and stack on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.folder = folder
        self._kept = folder / "kept-checkpoints"
        self.data.mkdir(parents=True, exist_ok=True)
        self._engine_port, self._api_port = islice(_lasting_ports(), 2)
        self._running_engine: AbstractContextManager[Engine] | None = None
        self._stack: subprocess.Popen[bytes] | None = None

    @property
    def api(self) -> str:
        """Where the API answers while the stack runs."""
        return f"http://127.0.0.1:{self._api_port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Engine and stack, started at first and ended at last whatever became of them."""
        try:
            self.start_engine()
            self.start_stack()
            yield
        finally:
            self.end_stack(signal.SIGTERM)
            self.stop_engine()

    def stage(self) -> DeployedStage:
        """The running stack, as the operator's commands see it."""
        return deployed_stage(LOCAL, data=self.data)

    def start_engine(self) -> None:
        """Start the engine on what it has kept."""
        self._running_engine = dynamodb_local(
            logs=self.folder / "logs", data=self.data / "dynamodb", port=self._engine_port
        )
        self._endpoint = self._running_engine.__enter__().endpoint

    def kill_engine(self) -> None:
        """Kill -9 the engine, and see that it is gone."""
        assert self._running_engine is not None
        argument = f"dbPath={(self.data / 'dynamodb').resolve()}"
        for pid, words in processes():
            if argument in words and Path(words[0]).name == "java":
                os.kill(pid, signal.SIGKILL)
        self.stop_engine()

    def stop_engine(self) -> None:
        """End the engine."""
        if self._running_engine is not None:
            self._running_engine.__exit__(None, None, None)
        self._running_engine = None

    def start_stack(self) -> None:
        """Start the stack and wait until it is ready."""
        command = [sys.executable, "-m", "tests.soak.stack_process", str(self.data)]
        with (self.folder / "stack.log").open("ab") as log:
            self._stack = subprocess.Popen(
                [*command, str(self._api_port), self._endpoint, str(self.folder)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        until(self._is_ready, "the stack is ready", within=_READY_SECONDS)

    def ended(self) -> bool:
        """Whether the stack has ended by itself."""
        return self._stack is not None and self._stack.poll() is not None

    def end_stack(self, how: signal.Signals) -> None:
        """End the stack; -9 leaves it no time for anything."""
        if self._stack is not None:
            self._stack.send_signal(how)
            self._stack.communicate(timeout=_END_SECONDS)
        self._stack = None

    def keep_checkpoints(self) -> None:
        """Copy the pump's checkpoints, to come back to them."""
        self._kept.mkdir(exist_ok=True)
        for file in (self.data / "checkpoints").glob("*.json"):  # replaced, never written over
            shutil.copy(file, self._kept)

    def replay(self) -> None:
        """Kill the stack, put the pump back, and start the stack: records come again."""
        self.end_stack(signal.SIGKILL)
        shutil.rmtree(self.data / "checkpoints", ignore_errors=True)
        if self._kept.exists():
            self._kept.rename(self.data / "checkpoints")
        self.start_stack()

    def command(self, *words: str) -> "subprocess.Popen[str]":
        """Start one of the operator's commands."""
        command = [sys.executable, "-m", "infra.cli", *words, "--data", str(self.data)]
        return subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run_command(self, *words: str) -> tuple[int, Any]:
        """Run one of the operator's commands; its exit code, and the JSON that it prints."""
        process = self.command(*words, "--json")
        output, errors = process.communicate()
        if not output:
            raise SoakFailedError(f"{' '.join(words)} ends with {process.returncode}: {errors}")
        return process.returncode, json.loads(output)

    def _is_ready(self) -> bool:
        if self.ended():
            raise SoakFailedError(f"the stack does not start: see {self.folder / 'stack.log'}")
        try:
            facts = json.loads((self.data / STACK_FILE).read_text())
        except FileNotFoundError:
            return False
        return self._stack is not None and bool(facts["pid"] == self._stack.pid)
