"""What the machine did meanwhile, and what each worker process of a stack takes of it.

Reads Linux's /proc: https://man7.org/linux/man-pages/man5/proc.5.html
"""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PARENT, _USER, _SYSTEM, _RESIDENT = 1, 11, 12, 21  # behind the program's name in `stat`
_WORKER = "infra.local.worker"
_FUNCTION = "AWS_LAMBDA_FUNCTION_NAME="


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker process: its function's name, its id, seconds of CPU so far, resident bytes."""

    function: str
    pid: int
    cpu: float
    resident: int


def load() -> float:
    """Processes that ran or wanted to, on average of the last minute."""
    return os.getloadavg()[0]


def description() -> str:
    """The machine, in words."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def workers_of(parent: int) -> list[Worker]:
    """The worker processes that a process has started and that still run."""
    return [worker for pid in _children(parent) if (worker := _worker(pid)) is not None]


def cpu_of(parent: int) -> dict[str, float]:
    """Seconds of CPU that its workers have taken, by function."""
    spent: dict[str, float] = {}
    for worker in workers_of(parent):
        spent[worker.function] = spent.get(worker.function, 0.0) + worker.cpu
    return spent


def cpu_below(pid: int) -> float:
    """Seconds of CPU of all that a process has started, and so on, and that still runs."""
    return sum(_cpu(_stat(child)) + cpu_below(child) for child in list(_children(pid)))


def _children(parent: int) -> Iterator[int]:
    pids = [int(folder.name) for folder in _PROC.iterdir() if folder.name.isdigit()]
    for pid in pids:
        if (stat := _stat(pid)) and int(stat[_PARENT]) == parent:
            yield pid


def _worker(pid: int) -> Worker | None:
    stat = _stat(pid)
    try:
        command = (_PROC / str(pid) / "cmdline").read_bytes().decode().split("\0")
        environ = (_PROC / str(pid) / "environ").read_bytes().decode().split("\0")
    except OSError:  # it has ended
        return None
    if not stat or _WORKER not in command:
        return None
    [name] = [line.removeprefix(_FUNCTION) for line in environ if line.startswith(_FUNCTION)]
    function = name.partition("Function")[0]
    return Worker(function, pid, _cpu(stat), int(stat[_RESIDENT]) * _PAGE)


def _stat(pid: int) -> list[str]:
    """The fields behind the name, which may hold anything; none of a process that has ended."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu(stat: list[str]) -> float:
    return (int(stat[_USER]) + int(stat[_SYSTEM])) / _TICKS if stat else 0.0
