"""Functions in worker processes: what a handler sees, and what becomes of one that fails."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local.errors import LocalStackError
from infra.local.iam_usage import Grant, Usage
from infra.local.resources import Function, Role, Statement
from infra.local.workers import MAX_PAYLOAD, Functions, RequestTooLargeError

PATIENCE = 20.0
LOG_GROUP = "arn:aws:logs:eu-central-1:000000000000:log-group:/aws/lambda/f"
LOGS = Statement("Allow", ("logs:CreateLogStream", "logs:PutLogEvents"), (f"{LOG_GROUP}:*",))

HANDLERS = """
import logging, os, sys, time

def echo(event, context):
    return event

def seen(event, context):
    names = ("aws_request_id", "function_name", "invoked_function_arn", "memory_limit_in_mb",
             "log_group_name", "log_stream_name")
    return {"context": {name: getattr(context, name) for name in names},
            "left": context.get_remaining_time_in_millis(),
            "environment": dict(os.environ), "cwd": os.getcwd(), "pid": os.getpid()}

def fail(event, context):
    raise ValueError("no")

def unserializable(event, context):
    return object()

def crash(event, context):
    os._exit(7)

def sleep(event, context):
    time.sleep(event)
    return os.getpid()

def hang(event, context):
    print(os.getpid(), file=open(event, "w"), flush=True)
    time.sleep(600)

def speak(event, context):
    print("printed")
    logging.getLogger("there").warning("logged %s", event)

def large(event, context):
    return "x" * event

def call(event, context):
    import boto3
    boto3.client("dynamodb").scan(TableName="log")
"""


def function(
    name: str, *, timeout: int = 10, statements: tuple[Statement, ...] = (LOGS,)
) -> Function:
    return Function(
        logical_id="F",
        name=name,
        arn=f"arn:aws:lambda:eu-central-1:000000000000:function:{name}",
        handler=f"handlers.{name}",
        timeout=timeout,
        memory=512,
        environment={"TABLE": "log"},
        role=Role("role", "arn:aws:iam::000000000000:role/role", statements),
        log_group="/aws/lambda/f",
        log_group_arn=LOG_GROUP,
        concurrency=None,
    )


@contextmanager
def running(folder: Path, *functions: Function, usage: Usage | None = None) -> Iterator[Functions]:
    (folder / "code").mkdir()
    (folder / "code" / "handlers.py").write_text(HANDLERS)
    environment = {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    with Functions(
        list(functions),
        environment=environment,
        arns={"log": "arn:aws:dynamodb:::table/log"},
        logs=folder / "logs",
        usage=usage or Usage([]),
        code=folder / "code",
    ) as running:
        yield running


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def test_events_and_answers_pass_unharmed(tmp_path: Path) -> None:
    event = {"text": "ä\u2028\U0001f600\x00", "number": 1.5, "nothing": None}
    with running(tmp_path, function("echo")) as functions:
        result = functions.invoke("echo", event)
    assert not result.failed
    assert result.json() == event


def test_a_handler_sees_what_lambda_shows_and_nothing_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_DEVELOPER", "secret")
    with running(tmp_path, function("seen")) as functions:
        seen = functions.invoke("seen", {}).json()
    assert 9_000 < seen["left"] <= 10_000
    assert Path(seen["cwd"]) == tmp_path / "code"
    context = seen["context"]
    assert len(context.pop("aws_request_id")) == 36
    assert context == {
        "function_name": "seen",
        "invoked_function_arn": "arn:aws:lambda:eu-central-1:000000000000:function:seen",
        "memory_limit_in_mb": "512",
        "log_group_name": "/aws/lambda/f",
        "log_stream_name": "local",
    }
    environment = seen["environment"]
    assert environment["TABLE"] == "log"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "seen"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert environment["AWS_DEFAULT_REGION"] == "eu-central-1"
    assert not {"HOME", "OF_THE_DEVELOPER", "PYTHONPATH"} & environment.keys()


def test_an_exception_is_the_functions_error(tmp_path: Path) -> None:
    with running(tmp_path, function("fail")) as functions:
        result = functions.invoke("fail", {})
    assert result.failed
    error = result.json()
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no")
    assert "in fail" in "".join(error["stackTrace"])


def test_an_answer_without_json_is_the_functions_error(tmp_path: Path) -> None:
    with running(tmp_path, function("unserializable")) as functions:
        result = functions.invoke("unserializable", {})
    assert result.failed
    assert result.json()["errorType"] == "TypeError"


def test_a_crashed_worker_is_replaced(tmp_path: Path) -> None:
    with running(tmp_path, function("crash")) as functions:
        errors = [functions.invoke("crash", {}).json() for _ in range(2)]
    assert [error["errorType"] for error in errors] == ["Runtime.ExitError"] * 2
    assert errors[0]["errorMessage"].endswith("exit status 7")


def test_a_handler_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, function("sleep", timeout=1)) as functions:
        started = time.monotonic()
        error = functions.invoke("sleep", 60).json()
        assert time.monotonic() - started < PATIENCE / 2
        assert error["errorType"] == "Sandbox.Timedout"
        assert error["errorMessage"].endswith("Task timed out after 1.00 seconds")
        assert not functions.invoke("sleep", 0).failed


def test_one_worker_serves_one_request_at_a_time_and_is_kept(tmp_path: Path) -> None:
    with running(tmp_path, function("sleep")) as functions, ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _: functions.invoke("sleep", 1).json(), range(4)))
        again = {functions.invoke("sleep", 0).json() for _ in range(3)}
    assert len(set(together)) == 4
    assert again <= set(together)
    assert len(again) == 1


def test_more_requests_than_workers_wait_for_their_turn(tmp_path: Path) -> None:
    with running(tmp_path, function("sleep")) as functions, ThreadPoolExecutor(12) as threads:
        pids = list(threads.map(lambda _: functions.invoke("sleep", 0.05).json(), range(12)))
    assert len(set(pids)) <= 4


def test_lambdas_payload_limits_hold_both_ways(tmp_path: Path) -> None:
    with running(tmp_path, function("large"), function("echo")) as functions:
        with pytest.raises(RequestTooLargeError):
            functions.invoke("echo", "x" * MAX_PAYLOAD)
        assert not functions.invoke("large", MAX_PAYLOAD - 2).failed
        error = functions.invoke("large", MAX_PAYLOAD - 1).json()
    assert error["errorType"] == "Function.ResponseSizeTooLarge"


def test_output_and_reports_go_to_the_functions_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "speak.log"
    with running(tmp_path, function("speak")) as functions:
        functions.invoke("speak", 7)
        until(lambda: log.read_text().count("\n") == 3)
    lines = log.read_text().splitlines()
    assert "printed" in lines
    records = [json.loads(line) for line in lines if line != "printed"]
    [logged] = [record for record in records if "level" in record]
    assert (logged["level"], logged["message"], logged["logger"]) == (
        "WARNING",
        "logged 7",
        "there",
    )
    [report] = [record for record in records if record.get("type") == "platform.report"]
    assert report["record"]["status"] == "success"
    assert report["record"]["requestId"] == logged["requestId"]


def test_a_role_that_may_not_log_leaves_no_log(tmp_path: Path) -> None:
    mute = function("speak", statements=())
    usage = Usage([mute.role])
    with running(tmp_path, mute, usage=usage) as functions:
        functions.invoke("speak", 7)
    assert (tmp_path / "logs" / "speak.log").read_text() == ""
    stream = f"{LOG_GROUP}:log-stream:local"
    assert usage.report().refused == [Grant("role", "logs:CreateLogStream", stream)]


def test_a_call_that_the_role_does_not_grant_is_denied_in_the_worker(tmp_path: Path) -> None:
    calling = function("call")
    usage = Usage([calling.role])
    with running(tmp_path, calling, usage=usage) as functions:
        error = functions.invoke("call", {}).json()
    assert "AccessDeniedException" in error["errorMessage"]
    refused = Grant("role", "dynamodb:Scan", "arn:aws:dynamodb:::table/log")
    assert usage.report().refused == [refused]


def test_a_handler_that_does_not_load_is_told_at_the_start(tmp_path: Path) -> None:
    with running(tmp_path, function("absent")) as functions:
        with pytest.raises(
            LocalStackError, match=r"handlers\.absent does not load: AttributeError"
        ):
            functions.warm_up()
        assert functions.invoke("absent", {}).failed


PARENT = """
import os, pathlib, signal, sys
from infra.local.workers import Functions
from tests.local.test_workers import function, running
with running(pathlib.Path(sys.argv[1]), function("seen")) as functions:
    print(functions.invoke("seen", {}).json()["pid"], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    until(lambda: not Path(f"/proc/{int(done.stdout)}").exists())
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


PARENT_OF_A_BUSY_ONE = """
import os, pathlib, signal, sys, threading
from tests.local.test_workers import function, running, until
folder = pathlib.Path(sys.argv[1])
file = folder / "pid"
with running(folder, function("hang", timeout=600)) as functions:
    threading.Thread(target=functions.invoke, args=("hang", str(file)), daemon=True).start()
    until(lambda: file.exists() and file.read_text().endswith("\\n"))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_that_is_busy_ends_with_a_killed_parent_too(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT_OF_A_BUSY_ONE, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    worker = int((tmp_path / "pid").read_text())
    until(lambda: not Path(f"/proc/{worker}").exists())
