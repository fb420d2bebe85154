"""Runs a test on a copy of the code.

Invariant: the checkout is never changed, and a test counts as red only if it failed by itself: a
code that cannot even be imported proves nothing.
"""

import re
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.bundling import ROOT
from tests.mutations.mutation import Mutation

LEFT_OUT = shutil.ignore_patterns(
    *(".*_cache", "__pycache__", ".git", ".local", ".tox", ".venv", "build", "cdk.out"),
    "node_modules",
)
"""What a copy of the code does without."""
_PASSED = 0
_FAILED = 1


class Outcome(StrEnum):
    """What became of a mutation's test."""

    NOTICED = "noticed"
    SURVIVED = "SURVIVED"
    BROKEN = "BROKEN: no test could run"


def outcome(mutation: Mutation) -> Outcome:
    """Whether its test notices a mutation.

    Raises:
        MovedError: the source is no longer what the mutation was written for.
    """
    with TemporaryDirectory(prefix="mutation-") as folder:
        tree = Path(folder, "tree")
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT, symlinks=True)
        mutation.apply(tree)
        code, said = pytest(tree, mutation.test)
    if code == _PASSED:
        return Outcome.SURVIVED
    failed = code == _FAILED and re.search(r"^\d+ failed", said, re.MULTILINE)
    return Outcome.NOTICED if failed and "error" not in said.splitlines()[-1] else Outcome.BROKEN


def pytest(tree: Path, *tests: str) -> tuple[int, str]:
    """The exit code of tests in a tree, and what they said."""
    options = ("-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--tb=line")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()
