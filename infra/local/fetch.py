"""Fetches a Java program and its dependencies once, into the user's cache; a half-done fetch is never used."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests
from jgo.maven import Artifact, MavenContext, PythonResolver
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from infra.local.errors import LocalStackError

_PARALLEL = 8


def cache_dir() -> Path:
    """The folder for fetched programs, as the XDG base directory specification places it."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "serverless-event-logger"


def fetch(name: str, coordinates: Sequence[str], *, console: Console) -> Path:
    """Folder that holds the files of Maven `coordinates` and all that they need, fetched if absent.

    Processes that ask at the same time wait for the one that fetches.

    Raises: LocalStackError when the download fails.
    """
    folder = cache_dir() / name
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _fetch(folder, coordinates, console)
    return folder


def _fetch(folder: Path, coordinates: Sequence[str], console: Console) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as temporary:
        files = Path(temporary) / "files"
        files.mkdir()
        try:
            for path in _download(Path(temporary) / "repository", coordinates, console):
                shutil.move(path, files / path.name)
        except (OSError, requests.RequestException, RuntimeError) as error:
            reason = str(error).splitlines()[0][:200]
            raise LocalStackError(
                f"{folder.name} could not be downloaded ({reason})",
                remedy="Check the network (or HTTPS_PROXY) and start again;"
                " or give --dynamodb-endpoint with one that runs.",
            ) from error
        files.replace(folder)


def _download(repository: Path, coordinates: Sequence[str], console: Console) -> list[Path]:
    with _progress_bar(console) as progress:
        task = progress.add_task("Fetching DynamoDB Local, once", total=None)

        @contextmanager
        def file_progress(_name: str, size: int) -> Iterator[Callable[[int], None]]:
            yield lambda count: progress.advance(task, count / size)

        maven = MavenContext(PythonResolver(progress_callback=file_progress), repository)
        artifacts = _resolve(maven, coordinates)
        progress.update(task, total=len(artifacts), completed=0)
        with ThreadPoolExecutor(_PARALLEL) as pool:
            return list(pool.map(Artifact.resolve, artifacts))


def _resolve(maven: MavenContext, coordinates: Sequence[str]) -> list[Artifact]:
    named, transitive = maven.resolver.resolve([maven.create_dependency(c) for c in coordinates])
    needed = [d for d in transitive if d.scope in {"compile", "runtime"}]
    return [dependency.artifact for dependency in (*named, *needed)]


def _progress_bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
