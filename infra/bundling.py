"""Lambda assets without Docker: locked wheels for Lambda's platform, and our modules that count.

Invariant: a bundle's folder is named after all that goes into it, and appears only when complete;
the same inputs give the same files, with the same modes, whatever the machine's umask and clock.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from infra import lambda_platform
from infra.first_party import closure
from infra.made_once import digest, made_once
from infra.pruning import RECIPE, prune

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "build" / "assets"
LOCK = ROOT / "requirements" / "lambda.txt"
AUTHORIZER_LOCK = ROOT / "requirements" / "authorizer.txt"
SEARCH_LOCK = ROOT / "requirements" / "search.txt"

_NEED_MORE = {
    Path("api", "tokens.py"): AUTHORIZER_LOCK,
    Path("projections", "opensearch.py"): SEARCH_LOCK,
}
"""Modules of ours that import more than every function has → the packages of their functions."""
_NOTHING_ELSE: Mapping[str, bytes] = MappingProxyType({})


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
    lock: Path | None = LOCK,
    python: Path | None = None,
    beside: Mapping[str, bytes] = _NOTHING_ELSE,
) -> Path:
    """The folder with a handler's module, our modules that it needs, and the locked packages.

    With `python`, an interpreter of the runtime's version, the folder holds bytecode too; without
    `lock`, no packages. `beside` are other files that the handler reads, by name.

    Raises:
        lambda_platform.ToolError: the packages cannot be installed for Lambda's platform.
        FileNotFoundError: there is no such module.
    """
    packages = lock and _packages(lock, assets=assets, python=python)
    module = handler.rpartition(".")[0]
    files = sorted(closure(module, root=root))
    written = {str(file): (root / file).read_bytes() for file in files} | dict(beside)

    def fill(folder: Path) -> None:
        if packages:
            shutil.copytree(packages, folder, copy_function=os.link, dirs_exist_ok=True)
        for file, content in written.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        for package in sorted({file.parts[0] for file in files} if python else ()):
            _compile(folder / package, python=python, root=folder)

    made_of = [part for item in written.items() for part in item]
    name = packages.name if packages else "sources"
    return made_once(assets / f"{module}-{digest(name, *made_of)}", fill)


def _packages(lock: Path, *, assets: Path, python: Path | None) -> Path:
    """The locked packages without what no function uses, installed once per lock file."""
    compiler = python and lambda_platform.version(python)
    platform = f"{lambda_platform.PLATFORM} {lambda_platform.PYTHON} {compiler}"
    recipe = f"{platform} {RECIPE}"

    def fill(folder: Path) -> None:
        lambda_platform.install(lock, into=folder)
        prune(folder)
        _compile(folder, python=python, root=folder)

    return made_once(assets / f"packages-{digest(recipe, lock.read_bytes())}", fill)


def _compile(folder: Path, *, python: Path | None, root: Path) -> None:
    if python is not None:
        lambda_platform.compile_bytecode(folder, python=python, root=root)
