"""Fetches a Java program once, into the user's cache.

Invariant: a fetch that was cut off leaves nothing that is used.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from infra.local.errors import LocalStackError


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
    from infra.local.download import DownloadError, download  # noqa: PLC0415  # once, and slow

    with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as temporary:
        files = Path(temporary) / "files"
        files.mkdir()
        try:
            for path in download(Path(temporary), coordinates, folder.name, console):
                shutil.move(path, files / path.name)
        except (OSError, DownloadError) as error:
            reason = str(error).splitlines()[0][:200]
            raise LocalStackError(
                f"{folder.name} could not be downloaded ({reason})",
                remedy="Check the network (or HTTPS_PROXY) and start again;"
                " or give --dynamodb-endpoint with one that runs.",
            ) from error
        files.replace(folder)
