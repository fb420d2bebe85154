"""Packages of npm that requirements/ locks, fetched by their hashes and never run by npm.

Invariant: a folder is named after its lock, and appears only when complete.
"""

import os
import subprocess
import sys
from pathlib import Path

from infra.lambda_platform import ToolError
from infra.made_once import digest, made_once

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "build" / "npm"
_FILES = (".npmrc", "package.json", "package-lock.json")


def npm_packages(name: str, *, packages: Path = PACKAGES) -> Path:
    """The folder `node_modules` of what requirements/NAME locks.

    Raises:
        ToolError: a package is out of reach, or has another hash.
    """
    lock = ROOT / "requirements" / name
    contents = [(lock / file).read_bytes() for file in _FILES]

    def fill(folder: Path) -> None:
        for file, content in zip(_FILES, contents, strict=True):
            (folder / file).write_bytes(content)
        _install(folder)

    return made_once(packages / f"{name}-{digest(*contents)}", fill) / "node_modules"


def _install(folder: Path) -> None:
    """What is in npm's own cache is not fetched again; no script of a package is run.

    Node.js knows no SSL_CERT_FILE, where a desk behind a proxy of its own names who it trusts.
    """
    npm = str(Path(sys.executable).with_name("npm"))
    command = [npm, "ci", "--prefer-offline", "--silent"]
    trusted = {"NODE_EXTRA_CA_CERTS": os.environ.get("SSL_CERT_FILE", "")}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**trusted, **os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ToolError(f"npm ci in {folder}\n{(done.stderr or done.stdout).strip()}")
