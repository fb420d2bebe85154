"""The same inputs give the same assembly: in another folder, at another time, by another user."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from infra.bundling import ROOT
from infra.synth import CloudAssembly

SOURCES = ("api", "domain", "infra", "projections", "requirements", "docs")
CHOICES = {"PROJECT", "AWS_REGION", "CDK_CONTEXT_JSON"}
OPENED = 0o444
"""What of a file's mode Lambda needs: everybody may read it."""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> CloudAssembly:
    """The dev stage as a copy of the sources gives it, whose docs and times are others."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("out")
    for folder in SOURCES:
        ignored = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(ROOT / folder, copy / folder, copy_function=shutil.copyfile, ignore=ignored)
    (copy / "docs" / "deploy.md").write_text("Nothing but this.\n")
    (copy / "domain" / "README.md").write_text("Beside the modules.\n")
    for file in copy.rglob("*.py"):
        os.utime(file, (1, 1))
    environ = {name: value for name, value in os.environ.items() if name not in CHOICES}
    subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=copy,
        env={**environ, "STAGE": "dev", "CDK_OUTDIR": str(out)},
        umask=0o077,
        check=True,
    )
    return CloudAssembly(out)


def test_a_copy_with_other_docs_gives_the_same_template_and_assets(
    assemblies: Mapping[str, CloudAssembly], copied: CloudAssembly
) -> None:
    assert assemblies["dev"].template() == copied.template()
    assert published(assemblies["dev"]) == published(copied)


def test_lambda_may_read_what_anybody_has_bundled(copied: CloudAssembly) -> None:
    files = [file for one in copied.assets().values() for file in one.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if file.stat().st_mode & OPENED != OPENED]


def published(assembly: CloudAssembly) -> Any:
    """The assets by the hash that they are published under."""
    [manifest] = assembly.path.glob("*.assets.json")
    return json.loads(manifest.read_text())["files"]
