"""What takes long to make, made by one of the processes of a test run, for all of them.

Invariant: nothing is kept from one run to the next.
"""

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")


def once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What `make` gives, which may leave files in the folder that it gets; others wait for it.

    https://pytest-xdist.readthedocs.io/en/stable/how-to.html
    """
    of_process = folders.getbasetemp()
    folder = (of_process.parent if "PYTEST_XDIST_WORKER" in os.environ else of_process) / name
    folder.mkdir(exist_ok=True)
    made = folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.write_bytes(pickle.dumps(make(folder)))
    found: Made = pickle.loads(made.read_bytes())  # noqa: S301  # this run wrote it
    return found
