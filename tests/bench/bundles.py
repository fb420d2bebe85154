"""The folders that are measured: our functions as deployed, and peers as they usually are.

Invariant: all are for this machine's platform and the Python that runs the benchmark.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.bundling import ROOT, bundle, lock_of

FOLDERS = ROOT / "build" / "bench"
_PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True, slots=True)
class Bundled:
    """A folder, and the handler in it."""

    folder: Path
    handler: str


def ours(handler: str) -> Bundled:
    """One of our functions as it is deployed, with bytecode for the Python that measures."""
    python = Path(sys.executable)
    return Bundled(bundle(handler, lock=lock_of(handler), assets=FOLDERS, python=python), handler)


def nothing() -> Bundled:
    """The handler that does nothing, alone."""
    return _peer("nothing", lock=None, bytecode=True)


def bare_boto3() -> Bundled:
    """A plain bundle, with bytecode that is valid here, as that of few bundles is on Lambda."""
    return _peer("bare_boto3", lock="bench-boto3.txt", bytecode=True)


def plain_loop(function: str) -> Bundled:
    """Projectors of one call a record, or 25 records a call, bundled as the bare client is."""
    bundled = _peer("plain_loops", lock="bench-boto3.txt", bytecode=True)
    return Bundled(bundled.folder, f"plain_loops.{function}")


def fastapi_dyntastic(*, bytecode: bool = False) -> Bundled:
    """As it ships: without bytecode, since what `pip` compiles is not valid in Lambda's copy."""
    return _peer("fastapi_dyntastic", lock="bench-fastapi.txt", bytecode=bytecode)


def powertools_validated(*, bytecode: bool = False) -> Bundled:
    """As it ships: without bytecode, as above."""
    return _peer("powertools_validated", lock="bench-powertools.txt", bytecode=bytecode)


def _peer(module: str, *, lock: str | None, bytecode: bool) -> Bundled:
    source = (_PEERS / f"{module}.py").read_bytes()
    pinned = b"" if lock is None else (ROOT / "requirements" / lock).read_bytes()
    recipe = b"%r %r %r %r" % (sys.version, source, pinned, bytecode)
    folder = FOLDERS / f"{module}-{hashlib.sha256(recipe).hexdigest()[:16]}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
            filling = Path(aside, "asset")
            filling.mkdir()
            if lock is not None:
                _install(ROOT / "requirements" / lock, into=filling)
            shutil.copy(_PEERS / f"{module}.py", filling)
            if bytecode:
                _run(sys.executable, "-m", "compileall", "-q", str(filling))
            filling.rename(folder)
    return Bundled(folder, f"{module}.handler")


def _install(lock: Path, *, into: Path) -> None:
    uv = str(Path(sys.executable).parent / "uv")
    _run(
        *(uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes"),
        *("--only-binary", ":all:", "--python", sys.executable, "--link-mode", "copy"),
        *("--target", str(into), "--requirement", str(lock)),
    )


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
