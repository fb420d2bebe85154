"""Where a running stack is: read from the file that `make run` writes into its data folder."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

STACK_FILE = "stack.json"


class StackNotRunningError(Exception):
    """No stack runs on the data folder; the message says how to start one."""


@dataclass(frozen=True, slots=True)
class RunningStack:
    """A stack that runs on this machine: addresses, process, and the outputs of its template.

    `opensearch` is None without search. `credentials` is the file with its users' keys, if its
    callers have to sign; `api_keys` are the values of its producers' keys, by their names.
    """

    api: str
    dynamodb: str
    s3: str
    states: str
    region: str
    pid: int
    outputs: dict[str, str]
    opensearch: str | None = None
    credentials: str | None = None
    api_keys: dict[str, str] = field(default_factory=dict)


def running_stack(data: Path) -> RunningStack:
    """The stack that runs on a data folder.

    Raises:
        StackNotRunningError: none does.
    """
    try:
        facts = json.loads((data / STACK_FILE).read_text())
    except FileNotFoundError:
        facts = None
    if facts is None or not _is_alive(facts["pid"]):  # one that was killed leaves its file
        raise StackNotRunningError(f"no stack runs on {data}: start one with `make run`")
    return RunningStack(**facts)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's: it is there
        return True
    return True
