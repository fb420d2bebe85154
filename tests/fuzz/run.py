"""One run of schemathesis against a running stack, with every check that it has."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.fuzz import tally
from tests.fuzz.tally import Tally
from tests.fuzz.told import TALLY, TYPES

ROOT = Path(__file__).parents[2]
EVERYTHING = ("examples", "coverage", "fuzzing", "stateful")
RANDOM = ("fuzzing", "stateful")
"""The phases that another seed sends other requests in; the others are always the same."""

_PROGRESS_SECONDS = 2


@dataclass(frozen=True, kw_only=True)
class Run:
    """At most `examples` requests for an operation and phase; `only` names one operation.

    `document` stands for the API's own, and `headers` go with every request. `types` is the most
    that a legal page of types asks for: in a stack with many, each takes calls of its own.
    """

    examples: int
    seed: int
    phases: tuple[str, ...] = EVERYTHING
    only: str | None = None
    document: Path | None = None
    types: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """What was sent, and what schemathesis prints of what it found, if anything."""

    sent: Tally
    failures: int
    said: str


def fuzz(
    api: str, run: Run, folder: Path, *, progress: Callable[[Tally], None] = lambda _: None
) -> Findings:
    """Send a run's requests. All checks are on, and none of them is told to look away.

    `progress` is told now and then of what was sent.

    Raises:
        RuntimeError: schemathesis itself failed.
    """
    report, counted, said = (folder / name for name in ("report.json", "tally", "said"))
    for file in (report, counted):
        file.unlink(missing_ok=True)
    command = [*_command(api, run, folder), "--report", "json", "--report-json-path", str(report)]
    told = {TALLY: str(counted)} | ({TYPES: str(run.types)} if run.types else {})
    code = _sending(command, folder, told=told, said=said, progress=progress)
    text = said.read_text("utf-8")
    if not report.exists():
        raise RuntimeError(text)
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    failures = found["test_cases"]["unique_failures"] + len(found["errors"])
    if bool(failures) is (code == 0):
        raise RuntimeError(text)
    return Findings(tally.read(counted), failures, text)


def _command(api: str, run: Run, folder: Path) -> list[str]:
    command = [str(Path(sys.executable).with_name("schemathesis")), "run"]
    command += [str(run.document or _document(api, folder)), "--url", api, "--checks", "all"]
    command += ["--max-examples", str(run.examples), "--seed", str(run.seed)]
    command += ["--phases", ",".join(run.phases), "--generation-database", "none"]
    command += ["--no-color", "--no-shrink", "--continue-on-failure"]
    command += ["--include-name", run.only] if run.only else []
    headers = [f"{name}: {value}" for name, value in run.headers.items()]
    return [*command, *(part for one in headers for part in ("--header", one))]


def _document(api: str, folder: Path) -> Path:
    """The API's own, as a file: where it is fetched from is an operation to be tried, too."""
    file = folder / "openapi.json"
    file.write_bytes(httpx.get(f"{api}/openapi.json").raise_for_status().content)
    return file


def _sending(
    command: list[str],
    folder: Path,
    *,
    told: Mapping[str, str],
    said: Path,
    progress: Callable[[Tally], None],
) -> int:
    """The command's exit code; `told` are the hooks' environment variables."""
    environ = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT), **told}
    with said.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while True:
            try:
                return process.wait(_PROGRESS_SECONDS)
            except subprocess.TimeoutExpired:
                progress(tally.read(Path(told[TALLY])))
