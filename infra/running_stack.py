"""Where a running stack is: read from the file that `make run` writes into its data folder."""

import json
from dataclasses import dataclass
from pathlib import Path

STACK_FILE = "stack.json"


class StackNotRunningError(Exception):
    """No stack runs on the data folder; the message says how to start one."""


@dataclass(frozen=True, slots=True)
class RunningStack:
    """The addresses of a stack that runs on this machine."""

    api: str
    dynamodb: str
    region: str
    tables: dict[str, str]
    pid: int


def running_stack(data: Path) -> RunningStack:
    """The stack that runs on a data folder.

    Raises:
        StackNotRunningError: none does.
    """
    file = data / STACK_FILE
    try:
        facts = json.loads(file.read_text())
    except FileNotFoundError as error:
        raise StackNotRunningError(
            f"no stack runs on {data}: start one with `make run`, or name an API with --api"
        ) from error
    names = RunningStack.__dataclass_fields__
    return RunningStack(**{name: facts[name] for name in names})
