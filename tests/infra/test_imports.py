"""What a function imports when it starts, held to a budget that names what broke it.

Times are of one shared machine or another, so modules are counted; `-X importtime` says who asked
for them and what they took, for whoever has to find out.
"""

import re
import subprocess
import sys
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain import config
from infra.bundling import bundle, lock_of
from infra.stack import BY_TYPE_PROJECTOR, READ, WRITE

HANDLERS = (WRITE, READ, BY_TYPE_PROJECTOR)

MODULES = 490
"""Modules that a start may import: 470 to 481 on Python 3.11 to 3.13, Python's own included."""

PACKAGES = {
    *("api", "domain", "projections"),
    *("aws_lambda_powertools", "boto3", "botocore", "s3transfer"),
    *("dateutil", "jmespath", "six", "typing_extensions", "urllib3"),
}
"""The packages in a bundle that a start may import."""

NEVER = (
    "asyncio",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.utilities.parser",
    "aws_lambda_powertools.utilities.validation",
    "boto3.dynamodb",
    "boto3.s3",
    "concurrent.futures.process",
    "sqlite3",
    "unittest",
)
"""What no start may import of those and of Python itself, with all below it."""

_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| ( *)(\S+)")


@dataclass(frozen=True)
class Import:
    """One line of `-X importtime`: `importer` is the module that asked for it."""

    module: str
    importer: str
    milliseconds: float


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_start_imports_no_more_than_its_budget(handler: str) -> None:
    folder = bundle(handler, lock=lock_of(handler))
    told = faults(imports(folder, handler), folder)
    assert not told, "\n".join(told)


def test_an_import_past_the_budget_is_named_with_who_asked_for_it(tmp_path: Path) -> None:
    (tmp_path / "wiring.py").write_text("import json\nimport heavy\n")
    (tmp_path / "heavy.py").write_text("import sqlite3\n")
    told = faults(imports(tmp_path, "wiring.handler"), tmp_path, packages={"wiring"})
    named = [fault.split(" (")[0] for fault in told]
    assert named[:2] == ["heavy, imported by wiring", "sqlite3, imported by heavy"]


def test_too_many_imports_are_told_by_what_they_take(tmp_path: Path) -> None:
    (tmp_path / "wiring.py").write_text("import json\n")
    [told] = faults(imports(tmp_path, "wiring.handler"), tmp_path, packages={"wiring"}, most=3)
    assert "modules instead of at most 3, the longest " in told


def faults(
    found: Sequence[Import], folder: Path, *, packages: Set[str] = PACKAGES, most: int = MODULES
) -> list[str]:
    """What breaks the budget: each import that may not be, and more imports than may be."""
    bundled = {path.stem for path in folder.iterdir()}
    broken = [
        f"{one.module}, imported by {one.importer} ({one.milliseconds:.1f} ms)"
        for one in reversed(found)  # what was asked for before what that asked for
        if _is_broken(one.module, bundled - packages)
    ]
    if len(found) > most:
        longest = sorted(found, key=lambda one: one.milliseconds, reverse=True)[:20]
        names = ", ".join(f"{one.module} ({one.milliseconds:.1f} ms)" for one in longest)
        broken.append(f"{len(found)} modules instead of at most {most}, the longest {names}")
    return broken


def _is_broken(module: str, unwanted: Set[str]) -> bool:
    below = any(f"{module}.".startswith(f"{name}.") for name in NEVER)
    return below or module in unwanted


def imports(folder: Path, handler: str) -> list[Import]:
    """What importing the handler's module imports, each behind what itself imports."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); import {handler.rpartition('.')[0]}"
    command = [sys.executable, "-X", "importtime", "-S", "-s", "-P", "-B", "-c", code]
    done = subprocess.run(command, env=ENVIRON, capture_output=True, text=True, check=True)
    lines = [match for line in done.stderr.splitlines() if (match := _LINE.match(line))]
    above: list[str] = []
    found: list[Import] = []
    for line in reversed(lines):  # a module stands behind what it imports, one level further out
        depth = len(line[3]) // 2
        above = [*above[:depth], line[4]]
        importer = above[-2] if depth else handler
        found.append(Import(line[4], importer, int(line[1]) / 1_000))
    return found[::-1]


ENVIRON = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    config.EVENTS_TABLE: "events",
    config.EVENTS_BY_TYPE_TABLE: "events-by-type",
    config.TYPE_SHARDS: "4",
    config.CURSOR_KEY: "key",
    config.PARKING_BUCKET: "parking",
    config.ALLOWED_ORIGINS: "",
    config.LOG_LEVEL: "INFO",
    config.METRICS_NAMESPACE: "event-logger",
}
