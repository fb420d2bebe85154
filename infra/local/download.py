"""Downloads Maven artifacts with a progress bar, several at a time."""

import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from jgo.maven import Artifact, MavenContext, PythonResolver
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from infra.local.errors import DownloadError

_PARALLEL = 8

_Files = TypeVar("_Files")


def download_jars(
    folder: Path, coordinates: Sequence[str], title: str, console: Console
) -> list[Path]:
    """The files of Maven `coordinates` and all that they need, below `folder`.

    Raises: DownloadError.
    """

    def files(maven: MavenContext, progress: _Bar) -> list[Path]:
        artifacts = _resolve(maven, coordinates)
        progress.expect(len(artifacts))
        with ThreadPoolExecutor(_PARALLEL) as pool:
            return list(pool.map(Artifact.resolve, artifacts))

    return _download(folder, title, console, files)


def download_archive(
    folder: Path, coordinates: str, title: str, console: Console, *, without: str
) -> list[Path]:
    """What is in the one folder of the zip file `group:artifact:version`, below `folder`.

    The folder `without` in it is left out.

    Raises: DownloadError.
    """
    group, name, version = coordinates.split(":")

    def file(maven: MavenContext, progress: _Bar) -> Path:
        artifact = maven.project(group, name).at_version(version).artifact(packaging="zip")
        progress.expect(1)
        return Path(artifact.resolve())

    unpacked = _unpacked(_download(folder, title, console, file), folder / "unpacked")
    shutil.rmtree(unpacked / without)
    return list(unpacked.iterdir())


class _Bar:
    """A progress bar that counts files, and what there is of the one that is being fetched."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=None)

    def expect(self, files: int) -> None:
        """Start to count, towards so many files."""
        self._progress.update(self._task, total=files, completed=0)

    @contextmanager
    def each_file(self, _name: str, size: int) -> Iterator[Callable[[int], None]]:
        """What jgo asks for as progress callback: takes a count of bytes."""
        yield lambda count: self._progress.advance(self._task, count / size)


def _download(
    folder: Path, title: str, console: Console, files: Callable[[MavenContext, _Bar], _Files]
) -> _Files:
    if not console.is_terminal:
        console.print(title)
    with _progress_bar(console) as progress:
        bar = _Bar(progress, title)
        resolver = PythonResolver(progress_callback=bar.each_file)
        try:
            return files(MavenContext(resolver, folder / "repository"), bar)
        except (OSError, RuntimeError) as error:
            raise DownloadError(str(error)) from error


def _resolve(maven: MavenContext, coordinates: Sequence[str]) -> list[Artifact]:
    named, transitive = maven.resolver.resolve([maven.create_dependency(c) for c in coordinates])
    needed = [d for d in transitive if d.scope in {"compile", "runtime"}]
    return [dependency.artifact for dependency in (*named, *needed)]


def _unpacked(archive: Path, folder: Path) -> Path:
    """The one folder of a zip file; of its files, those may be run that may be in there."""
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            path = Path(packed.extract(member, folder))
            runnable = member.is_dir() or (member.external_attr >> 16) & stat.S_IXUSR
            path.chmod(0o755 if runnable else 0o644)
    [content] = folder.iterdir()
    return content


def _progress_bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
