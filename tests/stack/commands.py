"""Runs `eventlog` as its users do: a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def run_command(*words: str, cwd: Path) -> tuple[int, Any]:
    """Exit code and JSON output of a command, in the folder `cwd`."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.cli", *words, "--json"],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)
