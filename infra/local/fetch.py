"""Fetches a Java program once, into the user's cache or a folder that another user may read.

Invariant: a fetch that was cut off leaves nothing that is used.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console

from infra.local.errors import DownloadError, LocalStackError

Download = Callable[[Path, str, Console], Iterable[Path]]
"""Downloads below a folder, under a title on a console; gives the paths that are wanted."""


def cache_dir() -> Path:
    """The folder for fetched programs, as the XDG base directory specification places it."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "serverless-event-logger"


def jars(*coordinates: str) -> Download:
    """The files of Maven `coordinates` and all that they need."""

    def download(folder: Path, title: str, console: Console) -> Iterable[Path]:
        from infra.local.download import download_jars  # noqa: PLC0415  # once, and slow

        return download_jars(folder, coordinates, title, console)

    return download


def archive(coordinates: str, *, without: str) -> Download:
    """What the zip file `group:artifact:version` holds in its one folder, but for one folder."""

    def download(folder: Path, title: str, console: Console) -> Iterable[Path]:
        from infra.local.download import download_archive  # noqa: PLC0415  # once, and slow

        return download_archive(folder, coordinates, title, console, without=without)

    return download


def fetch(
    name: str, download: Download, *, console: Console, instead: str, cache: Path | None = None
) -> Path:
    """Folder `name` in the cache with what `download` brings, fetched if absent.

    Processes that ask at the same time wait for the one that fetches. `instead` is the option that
    does without it.

    Raises: LocalStackError when the download fails.
    """
    folder = (cache or cache_dir()) / name
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _fetch(folder, download, console, instead)
    return folder


def _fetch(folder: Path, download: Download, console: Console, instead: str) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as temporary:
        files = Path(temporary) / "files"
        files.mkdir()
        try:
            for path in download(Path(temporary), f"Fetching {folder.name}, once", console):
                shutil.move(path, files / path.name)
        except (OSError, DownloadError) as error:
            reason = str(error).splitlines()[0][:200]
            raise LocalStackError(
                f"{folder.name} could not be downloaded ({reason})",
                remedy="Check the network (or HTTPS_PROXY) and start again;"
                f" or give {instead} with one that runs.",
            ) from error
        files.replace(folder)
