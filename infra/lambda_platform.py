"""What the functions run on, and the tool that installs and compiles for it.

Invariant: nothing is built or run from source here, so any machine can make Lambda's assets.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PYTHON = "3.13"
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: Amazon Linux 2023, glibc 2.34.
PLATFORM = "aarch64-manylinux_2_28"
_TASK_ROOT = "/var/task"


class ToolError(Exception):
    """uv is missing or refused; the message ends with what it said."""


def install(lock: Path, *, into: Path) -> None:
    """Install wheels, pinned by hash in `lock`, for Lambda's platform.

    Raises:
        ToolError: a wheel is missing, does not fit, or has another hash.
    """
    _run(
        *(_uv(), "pip", "install", "--quiet", "--no-deps", "--require-hashes"),
        *("--only-binary", ":all:", "--python-platform", PLATFORM, "--python-version", PYTHON),
        # A copy of its own: what is a link to uv's cache could not be given other modes.
        *("--link-mode", "copy", "--target", str(into), "--requirement", str(lock)),
    )


def interpreter(version: str = PYTHON) -> Path | None:
    """A Python of this version on this machine, if there is one."""
    command = (_uv(), "python", "find", "--no-project", "--no-python-downloads", version)
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return Path(found.stdout.strip()) if found.returncode == 0 else None


def version(python: Path) -> str:
    """The full version of an interpreter, such as 3.13.9."""
    return _run(str(python), "-c", "import platform; print(platform.python_version())").strip()


def compile_bytecode(folder: Path, *, python: Path, root: Path) -> None:
    """Write bytecode beside the sources of `folder`, which is or lies in the asset `root`.

    Lambda's file system is read-only, so a cold start would compile all that it imports. The
    bytecode holds no time and no path of this machine, and is not checked against the sources.
    """
    _run(
        *(str(python), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"),
        *("-s", str(root), "-p", _TASK_ROOT, str(folder)),
    )


def _uv() -> str:
    beside = Path(sys.executable).parent
    uv = shutil.which("uv", path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        raise ToolError(f"uv is not installed, neither in {beside} nor on the PATH")
    return uv


def _run(*command: str) -> str:
    """What a command printed."""
    # Bytecode holds sets in the order of their hashes.
    environ = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    if done.returncode:
        raise ToolError(f"{' '.join(command)}\n{(done.stderr or done.stdout).strip()}")
    return done.stdout
