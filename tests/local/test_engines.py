"""DynamoDB Local as a process: where it listens, what it survives, how it fails."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from infra.local.aws import LocalAws
from infra.local.engine import Engine
from infra.local.engines import check_database, dynamodb_local
from infra.local.errors import LocalStackError, PortBusyError
from infra.local.fetch import fetch, jars
from infra.local.ports import free_port
from infra.local.stale import end_stale
from infra.local.supervise import spawn

PATIENCE = 20.0
DATABASE = "shared-local-instance.db"


def table_names(endpoint: str, *, create: str | None = None) -> list[str]:
    client = LocalAws(endpoint, "", "eu-central-1").client("dynamodb")
    with closing(client):
        if create:
            client.create_table(
                TableName=create,
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        names: list[str] = client.list_tables()["TableNames"]
        return names


def dynamodb_local_in(folder: Path) -> AbstractContextManager[Engine]:
    return dynamodb_local(logs=folder / "logs", data=folder / "data")


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def command_lines() -> Iterator[str]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            yield (folder / "cmdline").read_text(errors="replace")


def test_the_engine_listens_on_one_address_alone(dynamodb_local: str) -> None:
    port = urlsplit(dynamodb_local).port or 0
    with socket.create_connection(("127.0.0.1", port)):
        pass
    with pytest.raises(OSError, match=r"refused|assign|timed out"):
        socket.create_connection(("127.0.0.2", port), timeout=2)


def test_tables_survive_a_stop(tmp_path: Path) -> None:
    with dynamodb_local_in(tmp_path) as engine:
        assert table_names(engine.endpoint, create="kept") == ["kept"]
    with dynamodb_local_in(tmp_path) as engine:
        assert table_names(engine.endpoint) == ["kept"]


START_AND_DIE = """
import os, sys, pathlib, signal
from infra.local.engines import dynamodb_local
from tests.local.test_engines import table_names
folder = pathlib.Path(sys.argv[1])
with dynamodb_local(logs=folder / "logs", data=folder / "data") as engine:
    table_names(engine.endpoint, create="kept")
    if "supervisor" in sys.argv:
        os.kill(engine.process._process.pid, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("killed", ["parent", "supervisor"])
def test_a_kill_leaves_the_data_and_the_next_start_ends_what_it_left(
    tmp_path: Path, killed: str
) -> None:
    command = [sys.executable, "-c", START_AND_DIE, str(tmp_path), killed]
    done = subprocess.run(command, check=False)
    assert done.returncode == -signal.SIGKILL
    with dynamodb_local_in(tmp_path) as engine:
        assert table_names(engine.endpoint) == ["kept"]
    assert [line for line in command_lines() if f"dbPath={tmp_path}" in line] == []


def test_an_engine_ends_with_its_killed_parent(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal, sys; from infra.local.supervise import spawn;"
        "spawn(['sh', '-c', 'echo $$; exec sleep 60'], log=pathlib.Path(sys.argv[1]));"
        "sys.stdin.read(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    log = tmp_path / "log"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(log)], stdin=subprocess.PIPE
    ) as parent:
        until(lambda: log.exists() and log.read_text().endswith("\n"))
        pid = int(log.read_text())
        assert is_running(pid)
    until(lambda: not is_running(pid))
    assert parent.returncode == -signal.SIGKILL


def test_a_command_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = spawn(["sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"], log=log)
    until(lambda: log.read_text() == "up\n")
    process.stop()
    assert process.exit_code() == 128 + signal.SIGKILL


def test_only_a_process_that_names_the_folder_is_ended(tmp_path: Path) -> None:
    ours = spawn(["sh", "-c", "sleep 60", "sh", "dbPath=/data/a"], log=tmp_path / "ours")
    other = spawn(["sh", "-c", "sleep 60", "sh", "dbPath=/data/ab"], log=tmp_path / "other")
    end_stale("dbPath=/data/a")
    assert ours.exit_code(within=PATIENCE) is not None
    assert other.exit_code() is None
    ours.stop()
    other.stop()


def test_a_busy_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        engine = dynamodb_local(logs=tmp_path, port=port)
        with pytest.raises(PortBusyError, match=f"port {port} of 127.0.0.1 is in use"), engine:
            pass


def test_a_dead_engine_tells_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("of an earlier run\n")
    process = spawn(["sh", "-c", "echo boom; exit 3"], log=log)
    engine = Engine("The engine", "http://127.0.0.1:9", log, process, len("of an earlier run\n"))
    assert str(engine.failure(within=PATIENCE)) == (
        f"The engine ended with exit code 3: boom. Its log is {log}."
    )
    process.stop()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database file that the engine has written."""
    folder = tmp_path_factory.mktemp("database")
    with dynamodb_local_in(folder) as engine:
        table_names(engine.endpoint, create="kept")
    return (folder / "data" / DATABASE).read_bytes()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "header": lambda file: b"garbage garbage." + file[16:],
    "pages": lambda file: file[:1024] + b"\xff" * (len(file) - 1024),
    "truncated": lambda file: file[: len(file) // 2],
    "empty": lambda file: b"",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_refused(tmp_path: Path, database: bytes, damage: str) -> None:
    file = tmp_path / DATABASE
    file.write_bytes(DAMAGES[damage](database))
    with pytest.raises(LocalStackError, match="is damaged") as refused:
        check_database(file)
    assert str(tmp_path) in refused.value.remedy


def test_a_sound_database_is_taken(tmp_path: Path, database: bytes) -> None:
    file = tmp_path / DATABASE
    check_database(file)
    file.write_bytes(database)
    check_database(file)


def test_a_failed_download_says_what_to_do_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(LocalStackError, match="engine-1 could not be downloaded") as failed:
        fetch(
            "engine-1",
            jars("org.example:engine:1"),
            console=Console(quiet=True),
            instead="--engine-endpoint",
        )
    assert "network" in failed.value.remedy
    assert "--engine-endpoint" in failed.value.remedy
    assert [path.name for path in (tmp_path / "serverless-event-logger").iterdir()] == [
        "engine-1.lock"
    ]
