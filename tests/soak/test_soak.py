"""A short soak is part of the tests; `make soak MINUTES=10` is the long one."""

import json
import subprocess
import sys
from pathlib import Path

from tests.soak.plan import ACTIONS
from tests.soak.stack_process import ROOT

SECONDS = 40
"""Of load and faults; starting, restarting and comparing take as long again and more."""


def test_a_short_soak_loses_doubles_and_leaves_unexplained_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.soak", "--seed", "1", "--json"]
    done = subprocess.run(
        [*command, "--minutes", str(SECONDS / 60), "--folder", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert report["findings"] == []
    assert (done.returncode, report["passed"]) == (0, True)
    assert report["acknowledged"] == report["events"] >= 800
    assert report["appended"] == report["projected"] + report["parked"] - report["both"]
    assert set(ACTIONS) <= report["faults"].keys()
    assert {"refused-for-good", "access-denied"} <= report["faults"].keys()
    assert len(report["faults"]) >= 15
    assert sum(report["faults"].values()) >= 60
