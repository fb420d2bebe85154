"""What a fresh process costs that imports a bundle and answers requests: instructions, CPU seconds.

Invariant: a process is alone with its bundle and the standard library, writes no bytecode, and
reaches nothing but the engine's stub. Instructions are counted by Valgrind, if it is there, and
vary little from run to run; seconds vary with the machine.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain import config
from tests.bench.bundles import Bundled

VALGRIND = shutil.which("valgrind")
"""Where there is none, seconds alone are measured, and budgets are checked against those."""

# It counts instructions and does nothing else, which is ten times as fast as a profile.
_COUNT = (
    *("--tool=exp-bbv", "--instr-count-only=yes"),
    *("--bb-out-file=/dev/null", "--pc-out-file=/dev/null"),
)
_INVOCATIONS = Path(__file__).with_name("invocations.py")
_PROFILING = Path(__file__).with_name("profiling.py")
_TIMES = re.compile(r"^status \d+ (\S+) (\S+)$", re.MULTILINE)
_COUNTED = re.compile(r"# +Total instructions: (\d+)")


class WrongAnswerError(Exception):
    """A handler that does not answer as it should: its cost would mean nothing."""


@dataclass(frozen=True, slots=True)
class Work:
    """A bundle, the requests that its handler gets in turn, and the status that each answer has.

    A projector's is the number of records that failed.
    """

    bundled: Bundled
    requests: Sequence[Mapping[str, Any]]
    status: int


def seconds(work: Work, engine: str) -> float:
    """CPU seconds of the process, the system's on its behalf included.

    Raises:
        WrongAnswerError: an answer has another status.
    """
    before = os.times()
    _run(work, engine)
    after = os.times()
    return (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )


def instructions(work: Work, engine: str) -> int:
    """Instructions of all threads of the process.

    Raises:
        WrongAnswerError: an answer has another status.
    """
    assert VALGRIND is not None
    told = _run(work, engine, VALGRIND, *_COUNT)
    return sum(int(number) for number in _COUNTED.findall(told))


def times(work: Work, engine: str) -> list[tuple[float, float]]:
    """CPU and wall seconds of each answer, of the first with the imports.

    Raises:
        WrongAnswerError: an answer has another status.
    """
    told = _TIMES.findall(_run(work, engine))
    return [(float(cpu), float(wall)) for cpu, wall in told]


def profiled(work: Work, engine: str, *, into: Path) -> None:
    """Keep a profile of the process, as `pstats` reads it.

    Raises:
        WrongAnswerError: an answer has another status.
    """
    _run(work, engine, script=(str(_PROFILING), str(into)))


def _run(work: Work, engine: str, *under: str, script: Sequence[str] = (str(_INVOCATIONS),)) -> str:
    """What the process told on standard error."""
    bundled = work.bundled
    with tempfile.TemporaryFile("w+") as requests:
        requests.writelines(json.dumps(request) + "\n" for request in work.requests)
        requests.seek(0)
        done = subprocess.run(
            [
                *(*under, sys.executable, "-P", "-s", "-S", "-B"),
                *(*script, str(bundled.folder), bundled.handler),
            ],
            stdin=requests,
            capture_output=True,
            text=True,
            check=False,
            env=_environ(bundled.folder, engine),
        )
    statuses = re.findall(r"^status (\d+) ", done.stderr, re.MULTILINE)
    if done.returncode or statuses != [str(work.status)] * len(work.requests):
        raise WrongAnswerError(f"{bundled.handler}: {done.stderr[-2000:]}")
    return done.stderr


def _environ(folder: Path, engine: str) -> dict[str, str]:
    """What Lambda sets, what the stack sets, and where the stub is."""
    return {
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL": engine,
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        "_X_AMZN_TRACE_ID": "Root=1-67a1b2c3-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;"
        "Sampled=1",
        "LAMBDA_TASK_ROOT": str(folder),
        "PYTHONHASHSEED": "0",
        config.EVENTS_TABLE: "events",
        config.EVENTS_BY_TYPE_TABLE: "events-by-type",
        config.TYPE_SHARDS: "4",
        config.PARKING_BUCKET: "parking",
        config.CURSOR_KEY: "key",
        config.ALLOWED_ORIGINS: "",
        config.LOG_LEVEL: "INFO",
        config.METRICS_NAMESPACE: "event-logger",
    }
