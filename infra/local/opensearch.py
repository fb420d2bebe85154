"""The official OpenSearch: fetched once, on 127.0.0.1 alone, and ended with its parent."""

import json
import os
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from infra.local.engine import Engine
from infra.local.opensearch_program import Program, program, temporary_folder, work_folder
from infra.local.ports import check_port, free_port
from infra.local.stale import end_stale
from infra.local.supervise import spawn

_START_SECONDS = 180.0
_JVM_OPTIONS = (
    "-Xms512m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # the start takes 11 s of CPU instead of 19
    "-javaagent:agent/opensearch-agent.jar",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
)
"""Of the server's own options those that it needs; no module that the Java here lacks."""


@contextmanager
def opensearch(
    *, logs: Path, data: Path | None = None, port: int | None = None, console: Console | None = None
) -> Iterator[Engine]:
    """OpenSearch with its indices in the folder `data`, or in one that goes with it.

    Without `port` it takes a free one. An engine that a killed parent left on `data` is ended.
    https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/index/

    Raises: LocalStackError when it cannot be fetched or started; PortBusyError when another program
        holds `port`.
    """
    software = program(console=console or Console(stderr=True))
    port = check_port(port) if port else free_port()
    logs.mkdir(parents=True, exist_ok=True)
    with _work_folder(data, software) as work:
        end_stale(f"-Dopensearch.path.conf={work / 'config'}")
        _configure(work, software, port=port)
        log = logs / "opensearch.log"
        log_start = log.stat().st_size if log.exists() else 0
        process = spawn(
            ["bash", "bin/opensearch"],
            log=log,
            env=_environment(work, software),
            cwd=software.home,
            user=software.user,
        )
        try:
            engine = Engine("OpenSearch", f"http://127.0.0.1:{port}", log, process, log_start)
            engine.await_answer(_answers, seconds=_START_SECONDS)
            yield engine
        finally:
            process.stop()


@contextmanager
def _work_folder(data: Path | None, software: Program) -> Iterator[Path]:
    if data is not None:
        yield work_folder(data.resolve(), user=software.user)
        return
    with temporary_folder(user=software.user) as folder:
        yield folder


def _configure(work: Path, software: Program, *, port: int) -> None:
    """Write the configuration, and the folders that it names, into the work folder."""
    settings = {
        "cluster.name": "serverless-event-logger",
        "node.name": "local",
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": free_port(),
        "path.data": str(work / "data"),
        "path.logs": str(work / "logs"),
        # A developer's disk is rarely empty enough for the watermarks of a server.
        "cluster.routing.allocation.disk.threshold_enabled": False,
    }
    for name in ("config", "data", "logs", "tmp"):
        (work / name).mkdir(exist_ok=True)
        if software.user:
            shutil.chown(work / name, software.user)
    lines = (f"{name}: {json.dumps(value)}\n" for name, value in settings.items())
    (work / "config" / "opensearch.yml").write_text("".join(lines), encoding="utf-8")
    options = (*_JVM_OPTIONS, f"-Djava.io.tmpdir={work / 'tmp'}")
    (work / "config" / "jvm.options").write_text("\n".join(options) + "\n", encoding="utf-8")
    shutil.copy(software.home / "config" / "log4j2.properties", work / "config")


def _environment(work: Path, software: Program) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(work),
        "OPENSEARCH_JAVA_HOME": str(software.java_home),
        "OPENSEARCH_PATH_CONF": str(work / "config"),
        "OPENSEARCH_TMPDIR": str(work / "tmp"),
    }


def _answers(endpoint: str) -> bool:
    try:
        with urllib.request.urlopen(f"{endpoint}/_cluster/health", timeout=5) as answer:  # noqa: S310 - always http on this machine
            return bool(json.load(answer)["status"] != "red")
    except OSError:  # an error status too
        return False
