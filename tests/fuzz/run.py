"""One run of schemathesis against a running stack, with every check that it has."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_EVERYTHING = ("examples", "coverage", "fuzzing", "stateful")


@dataclass(frozen=True)
class Findings:
    """How many requests were sent, and what schemathesis prints of what it found, if anything."""

    requests: int
    failures: int
    said: str


def fuzz(  # one per option of the command
    api: str,
    folder: Path,
    *,
    examples: int,
    seed: int,
    document: Path | None = None,
    phases: tuple[str, ...] = _EVERYTHING,
    only: str | None = None,
) -> Findings:
    """At most `examples` requests for an operation and phase; `only` names one operation.

    `document` stands for the API's own. All checks are on, and none of them is told to look away.

    Raises:
        RuntimeError: schemathesis itself failed.
    """
    report = folder / "report.json"
    command = [str(Path(sys.executable).with_name("schemathesis")), "run"]
    command += [str(document or f"{api}/openapi.json"), "--url", api, "--checks", "all"]
    command += ["--max-examples", str(examples), "--seed", str(seed), "--phases", ",".join(phases)]
    command += ["--no-color", "--no-shrink", "--continue-on-failure"]
    command += ["--generation-database", "none", "--report", "json"]
    command += ["--report-json-path", str(report)]
    command += ["--include-name", only] if only else []
    environ = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    if not report.exists():
        raise RuntimeError(f"{done.stdout}\n{done.stderr}")
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    failures = found["test_cases"]["unique_failures"] + len(found["errors"])
    if bool(failures) is (done.returncode == 0):
        raise RuntimeError(f"{done.stdout}\n{done.stderr}")
    return Findings(found["test_cases"]["generated"], failures, done.stdout)
