"""Lambda assets without Docker: locked wheels for Lambda's platform, and our modules that count.

Invariant: a bundle's folder is named after all that goes into it, and appears only when complete;
the same inputs give the same files, with the same modes, whatever the machine's umask and clock.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from infra import lambda_platform
from infra.first_party import closure
from infra.pruning import RECIPE, prune

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "build" / "assets"
LOCK = ROOT / "requirements" / "lambda.txt"
AUTHORIZER_LOCK = ROOT / "requirements" / "authorizer.txt"
SEARCH_LOCK = ROOT / "requirements" / "search.txt"

_DIRECTORY_MODE, _FILE_MODE = 0o755, 0o644
_NEED_MORE = {
    Path("api", "tokens.py"): AUTHORIZER_LOCK,
    Path("projections", "opensearch.py"): SEARCH_LOCK,
}
"""Modules of ours that import more than every function has → the packages of their functions."""


def lock_of(handler: str) -> Path:
    """The packages that a handler's function is bundled with.

    Raises:
        FileNotFoundError: there is no such module.
    """
    files = closure(handler.rpartition(".")[0], root=ROOT)
    return next((lock for module, lock in _NEED_MORE.items() if module in files), LOCK)


def bundle(
    handler: str,
    *,
    root: Path = ROOT,
    assets: Path = ASSETS,
    lock: Path = LOCK,
    python: Path | None = None,
) -> Path:
    """The folder with a handler's module, our modules that it needs, and the locked packages.

    With `python`, an interpreter of the runtime's version, the folder holds bytecode too.

    Raises:
        lambda_platform.ToolError: the packages cannot be installed for Lambda's platform.
        FileNotFoundError: there is no such module.
    """
    packages = _packages(lock, assets=assets, python=python)
    module = handler.rpartition(".")[0]
    files = sorted(closure(module, root=root))
    contents = [(root / file).read_bytes() for file in files]

    def fill(folder: Path) -> None:
        shutil.copytree(packages, folder, copy_function=os.link, dirs_exist_ok=True)
        for file, content in zip(files, contents, strict=True):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        for package in sorted({file.parts[0] for file in files} if python else ()):
            _compile(folder / package, python=python, root=folder)

    return _made_once(assets / f"{module}-{_digest(packages.name, *files, *contents)}", fill)


def _packages(lock: Path, *, assets: Path, python: Path | None) -> Path:
    """The locked packages without what no function uses, installed once per lock file."""
    compiler = python and lambda_platform.version(python)
    platform = f"{lambda_platform.PLATFORM} {lambda_platform.PYTHON} {compiler}"
    recipe = f"{platform} {RECIPE}"

    def fill(folder: Path) -> None:
        lambda_platform.install(lock, into=folder)
        prune(folder)
        _compile(folder, python=python, root=folder)

    return _made_once(assets / f"packages-{_digest(recipe, lock.read_bytes())}", fill)


def _compile(folder: Path, *, python: Path | None, root: Path) -> None:
    if python is not None:
        lambda_platform.compile_bytecode(folder, python=python, root=root)


def _made_once(folder: Path, fill: Callable[[Path], None]) -> Path:
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


def _digest(*parts: str | bytes | Path) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else str(part).encode()
        digest.update(b"%d:" % len(content) + content)
    return digest.hexdigest()[:16]
