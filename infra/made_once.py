"""Folders named after all that they were made of, made once and kept.

Invariant: a folder appears only when complete, with the same modes whatever the machine's umask.
"""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

_DIRECTORY_MODE, _FILE_MODE = 0o755, 0o644


def made_once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """`folder`, filled aside and moved into place, so that a broken run leaves nothing behind."""
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        filling = Path(aside, "asset")
        filling.mkdir()
        fill(filling)
        _open_to_lambda(filling)
        try:
            filling.rename(folder)
        except OSError:
            if not folder.exists():  # else another process made the same files first
                raise
    return folder


def _open_to_lambda(folder: Path) -> None:
    """Lambda runs code as another user than the one that made it, who must be able to read it.

    https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
    """
    for path in (folder, *folder.rglob("*")):
        path.chmod(_DIRECTORY_MODE if path.is_dir() else _FILE_MODE)


def digest(*parts: str | bytes | Path) -> str:
    """A name for all of the parts, in their order."""
    hashed = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else str(part).encode()
        hashed.update(b"%d:" % len(content) + content)
    return hashed.hexdigest()[:16]
