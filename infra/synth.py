"""Synthesis in a process of its own, so that its callers start without CDK and Node.

Invariant: a cached assembly is used only while everything that it was made from is the same.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.assets import assets_of
from infra.bundle_contents import contents_of
from infra.bundling import ROOT
from infra.context import Context
from infra.explorer_sources import SOURCES
from infra.first_party import closure
from infra.setting_errors import SettingsError
from infra.settings import NO_CONTEXT, OPEN_WARNING, Settings, load

CACHE = ROOT / "build" / "cloud-assembly"


class SynthError(Exception):
    """The cloud assembly could not be made; the message says what CDK or the bundling said."""


@dataclass(frozen=True, slots=True)
class CloudAssembly:
    """A folder as `cdk deploy --app FOLDER` takes it.

    https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-assemblies
    """

    path: Path

    @property
    def stack(self) -> str:
        """The name of its one stack."""
        artifacts = _json(self.path / "manifest.json")["artifacts"].values()
        [stack] = [one for one in artifacts if one["type"] == "aws:cloudformation:stack"]
        return str(stack["displayName"])

    def template(self) -> dict[str, Any]:
        """The stack's CloudFormation template."""
        template: dict[str, Any] = _json(self.path / f"{self.stack}.template.json")
        return template

    def assets(self) -> dict[str, Path]:
        """The functions' folders, by handler."""
        sources = assets_of(self.path, self.stack)
        return {
            properties["Handler"]: sources[properties["Code"]["S3Key"]]
            for resource in self.template()["Resources"].values()
            if resource["Type"] == "AWS::Lambda::Function"
            for properties in [resource["Properties"]]
        }


def synth(settings: Settings, out: Path, *, bundled: bool) -> CloudAssembly:
    """Write a stage's cloud assembly into `out`; not `bundled`, the assets are the sources.

    Raises:
        SynthError: CDK or the bundling failed.
    """
    command = [sys.executable, "-m", "infra.app", "--settings", settings.model_dump_json()]
    done = subprocess.run(
        command if bundled else [*command, "--unbundled"],
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": str(out.resolve())},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SynthError((done.stderr or done.stdout).strip())
    return CloudAssembly(out)


def cached_synth(settings: Settings, cache: Path = CACHE) -> Path:
    """The folder of the unbundled cloud assembly, made anew only when its inputs have changed.

    Raises:
        SynthError: CDK failed.
    """
    folder = cache / _inputs(settings)
    if folder.exists() and not all(map(Path.exists, CloudAssembly(folder).assets().values())):
        shutil.rmtree(folder)
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as aside:
            made = synth(settings, Path(aside, "assembly"), bundled=False)
            try:
                made.path.rename(folder)
            except OSError:
                if not folder.exists():  # else another process made the same first
                    raise
    return folder


def synth_bundled(*, stage: str, out: Path, context: Context = NO_CONTEXT) -> None:
    """Write the assembly that is deployed, and print each function's zipped size.

    Raises:
        SynthError: the settings are wrong, or CDK or the bundling failed.
    """
    settings = settings_of(stage, context)
    assembly = synth(settings, out, bundled=True)
    sys.stdout.write(f"{assembly.stack} in {out}\n")
    if settings.authorizer == "none":
        sys.stdout.write(f"{OPEN_WARNING}\n")
    for handler, folder in sorted(assembly.assets().items()):
        sys.stdout.write(f"  {handler:<44}{contents_of(folder).size / 1e6:>6.2f} MB zipped\n")


def settings_of(stage: str, context: Context) -> Settings:
    """The settings that a command is for.

    Raises:
        SynthError: there is no such stage or setting, or a value is malformed.
    """
    try:
        return load(stage=stage, context=context)
    except SettingsError as error:
        raise SynthError(str(error)) from error


def _inputs(settings: Settings) -> str:
    """A digest of all that an unbundled assembly depends on."""
    files = {
        file
        for module in ("infra.app", "api.docs_handler", "api.explorer_files_handler")
        for file in closure(module, root=ROOT)
    }
    files |= {Path("requirements", one) for one in ("deploy.txt", "viewer/package-lock.json")}
    pages = (ROOT / "infra/openapi/viewer", SOURCES)
    files |= {one.relative_to(ROOT) for folder in pages for one in folder.iterdir()}
    digest = hashlib.sha256(settings.model_dump_json().encode())
    for file in sorted(files):
        digest.update(f"{file}:".encode() + (ROOT / file).read_bytes())
    return digest.hexdigest()[:16]


def _json(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))
