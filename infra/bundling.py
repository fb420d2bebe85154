"""Lambda assets without Docker: locked wheels for Lambda's platform, and our modules that count.

Invariant: a bundle's folder is named after all that goes into it, and appears only when complete;
the same inputs give the same files.
"""

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from infra import lambda_platform
from infra.first_party import closure

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "build" / "assets"
LOCK = ROOT / "requirements" / "lambda.txt"
AUTHORIZER_LOCK = ROOT / "requirements" / "authorizer.txt"

_SERVICES = {"dynamodb", "s3"}
# Never read by a client of these services. RECORD lists hashes that differ from machine to
# machine; the rest of *.dist-info stays, because security scanners read the versions there.
_UNUSED = (
    ".lock",
    "bin",
    "boto3/data",
    "boto3/examples",
    "botocore/data/*/*/examples-1.json",
    "*.dist-info/RECORD",
)


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


def zipped_size(path: Path) -> int:
    """Bytes of a folder as the archive that Lambda gets.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (50 MB)
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path.rglob("*")):
            archive.write(file, file.relative_to(path))
    return buffer.tell()


def _packages(lock: Path, *, assets: Path, python: Path | None) -> Path:
    """The locked packages without what no function uses, installed once per lock file."""
    platform = f"{lambda_platform.PLATFORM} {lambda_platform.PYTHON} {bool(python)}"
    recipe = f"{platform} {_UNUSED} {sorted(_SERVICES)}"

    def fill(folder: Path) -> None:
        lambda_platform.install(lock, into=folder)
        _prune(folder)
        _compile(folder, python=python, root=folder)

    return _made_once(assets / f"packages-{_digest(recipe, lock.read_bytes())}", fill)


def _compile(folder: Path, *, python: Path | None, root: Path) -> None:
    if python is not None:
        lambda_platform.compile_bytecode(folder, python=python, root=root)


def _prune(folder: Path) -> None:
    unused = [path for pattern in _UNUSED for path in folder.glob(pattern)]
    services = (path for path in folder.glob("botocore/data/*") if path.is_dir())
    for path in [*unused, *(path for path in services if path.name not in _SERVICES)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _made_once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """`folder`, filled aside and moved into place, so that a broken run leaves nothing behind."""
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        filling = Path(aside, "asset")
        filling.mkdir()
        fill(filling)
        try:
            filling.rename(folder)
        except OSError:
            if not folder.exists():  # else another process made the same files first
                raise
    return folder


def _digest(*parts: str | bytes | Path) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else str(part).encode()
        digest.update(b"%d:" % len(content) + content)
    return digest.hexdigest()[:16]
