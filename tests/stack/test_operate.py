"""The operator's commands against a running stack, and what a projector's failure leaves alone."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.stack.commands import run_command
from tests.stack.local_stack import LocalStack, started


def run(stack: LocalStack, *arguments: str, cwd: Path) -> tuple[int, Any]:
    """Exit code and JSON output of `eventlog` on the stack."""
    return run_command(*arguments, "--data", str(stack.data), cwd=cwd)


def status_until(stack: LocalStack, *, parked: int, cwd: Path) -> tuple[int, Any]:
    deadline = time.monotonic() + 60
    while True:
        code, status = run(stack, "status", cwd=cwd)
        if status["projections"][0]["parked"] == parked:
            return code, status
        assert time.monotonic() < deadline, status


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    folder = tmp_path / "cwd"
    folder.mkdir()
    return folder


def test_a_projector_that_fails_as_a_whole_leaves_the_log_alone(data: Path, cwd: Path) -> None:
    """An incident from its first sign to its end, by the commands of the runbook."""
    with started(data) as stack:
        for n in range(3):
            stack.post({"id": f"before-{n}", "type": "t", "payload": n})
        stack.walk_until("t", count=3)
        assert run(stack, "status", cwd=cwd)[0] == 0
        dynamodb = stack.aws("dynamodb")
        table = dynamodb.describe_table(TableName="EventsByTypeTable")["Table"]
        dynamodb.delete_table(TableName="EventsByTypeTable")
        created = stack.post({"id": "during", "type": "t", "payload": 1})
        assert created.status_code == 201
        assert stack.get("during").json() == created.json()
        code, status = status_until(stack, parked=1, cwd=cwd)
        assert (code, status["healthy"]) == (1, False)
        assert "non-existent table" in status["projections"][0]["last_error"]["message"]
        code, parked = run(stack, "parked", cwd=cwd)
        assert code == 1
        assert [g["reason"] for g in parked["groups"]] == ["RetryAttemptsExhausted"]
        dynamodb.create_table(
            TableName="EventsByTypeTable",
            KeySchema=table["KeySchema"],
            AttributeDefinitions=table["AttributeDefinitions"],
            BillingMode="PAY_PER_REQUEST",
        )
        assert run(stack, "redrive", "--dry-run", cwd=cwd)[1]["redriven"] == 1
        assert run(stack, "redrive", cwd=cwd) == (
            0,
            {"dry_run": False, "redriven": 1, "kept": []},
        )
        assert run(stack, "parked", cwd=cwd) == (0, {"records": 0, "groups": []})
        arguments = ("verify", "by-type", "--lag", "0")
        code, verified = run(stack, *arguments, cwd=cwd)
        assert (code, verified["differences"]) == (1, {"missing": 3})
        code, rebuilt = run(stack, "rebuild", "by-type", cwd=cwd)
        assert (code, rebuilt) == (0, {"projected": 4, "unreadable": 0, "refused": 0})
        assert run(stack, *arguments, cwd=cwd)[0] == 0
        assert len(stack.walk("t")) == 4
        assert run(stack, "status", cwd=cwd)[0] == 0


def test_a_command_without_a_stack_says_how_to_start_one(data: Path) -> None:
    for command in (["parked"], ["redrive"], ["verify", "by-type"], ["status"]):
        done = subprocess.run(
            [sys.executable, "-m", "infra.cli", *command, "--data", str(data)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2
        assert "start one with `make run`" in done.stderr
