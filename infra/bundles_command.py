"""`eventlog bundles`: what each function of a stage weighs, and what in it weighs most."""

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from infra.bundle_contents import BundleContents, contents_of
from infra.context import Context
from infra.synth import settings_of, synth

_LARGEST = 6


def run_bundles(*, stage: str, context: Context, as_json: bool) -> None:
    """Print the functions that the stage's template names, each as it would be deployed.

    Raises:
        SynthError: the settings are wrong, or CDK or the bundling failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        assets = synth(settings_of(stage, context), Path(folder), bundled=True).assets()
        weighed = {handler: contents_of(path) for handler, path in sorted(assets.items())}
    sys.stdout.write(_json(weighed) if as_json else _text(weighed))


def _json(weighed: Mapping[str, BundleContents]) -> str:
    return json.dumps({handler: asdict(one) for handler, one in weighed.items()}) + "\n"


def _text(weighed: Mapping[str, BundleContents]) -> str:
    lines: list[str] = []
    for handler, one in weighed.items():
        kind = "with bytecode" if one.bytecode else "without bytecode"
        lines.append(f"{handler:<44}{one.size / 1e6:>6.2f} MB zipped, {kind}")
        largest = islice(one.parts.items(), _LARGEST)
        lines += [f"  {name:<42}{size / 1e6:>6.2f} MB" for name, size in largest]
    return "\n".join(lines) + "\n"
