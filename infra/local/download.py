"""Downloads Maven artifacts with a progress bar, several at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from jgo.maven import Artifact, MavenContext, PythonResolver
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

_PARALLEL = 8


class DownloadError(Exception):
    """An artifact could not be fetched; the message says why."""


def download(folder: Path, coordinates: Sequence[str], name: str, console: Console) -> list[Path]:
    """The files of Maven `coordinates` and all that they need, below `folder`.

    Raises: DownloadError.
    """
    title = f"Fetching {name}, once"
    if not console.is_terminal:
        console.print(title)
    with _progress_bar(console) as progress:
        task = progress.add_task(title, total=None)

        @contextmanager
        def file_progress(_name: str, size: int) -> Iterator[Callable[[int], None]]:
            yield lambda count: progress.advance(task, count / size)

        maven = MavenContext(PythonResolver(progress_callback=file_progress), folder / "repository")
        try:
            artifacts = _resolve(maven, coordinates)
            progress.update(task, total=len(artifacts), completed=0)
            with ThreadPoolExecutor(_PARALLEL) as pool:
                return list(pool.map(Artifact.resolve, artifacts))
        except (OSError, RuntimeError) as error:
            raise DownloadError(str(error)) from error


def _resolve(maven: MavenContext, coordinates: Sequence[str]) -> list[Artifact]:
    named, transitive = maven.resolver.resolve([maven.create_dependency(c) for c in coordinates])
    needed = [d for d in transitive if d.scope in {"compile", "runtime"}]
    return [dependency.artifact for dependency in (*named, *needed)]


def _progress_bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
