"""The CDK app: one stage's stack, its functions bundled unless the caller runs from source.

Invariant: what it writes depends on the sources, the lock files and the settings alone, but for
bytecode, which the functions get where the runtime's Python is at hand.
`cdk.json` names it, so `STAGE=prod npx cdk deploy -c type_shards=8` works; the output folder is
CDK_OUTDIR, as for every CDK app.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from infra import lambda_platform
from infra.bundling import ROOT, bundle, lock_of
from infra.context import of_cdk
from infra.explorer_sources import explorer_sources
from infra.openapi.pages import pages_of
from infra.setting_errors import SettingsError
from infra.settings import Settings, load

if TYPE_CHECKING:
    from aws_cdk import App


def synthesize(settings: Settings, *, bundled: bool) -> None:
    """Write the cloud assembly of a stage.

    Raises:
        lambda_platform.ToolError: the functions cannot be bundled.
    """
    app_of(settings, bundled=bundled).synth()


def app_of(settings: Settings, *, bundled: bool, out: str | None = None) -> "App":
    """An app with a stage's stack; it writes into CDK_OUTDIR unless `out` is given.

    Raises:
        lambda_platform.ToolError: the functions cannot be bundled.
    """
    _put_node_on_path()
    # aws_cdk starts Node when it is imported, hence only now.
    from aws_cdk import App  # noqa: PLC0415
    from aws_cdk.aws_lambda import Code  # noqa: PLC0415

    from infra.docs_function import DOCS  # noqa: PLC0415
    from infra.explorer_on_aws import EXPLORER_FILES  # noqa: PLC0415
    from infra.stack import EventLogStack  # noqa: PLC0415

    python = lambda_platform.interpreter() if bundled else None
    files: Mapping[str, Callable[[], Mapping[str, bytes]]] = {
        DOCS: lambda: pages_of(settings),
        EXPLORER_FILES: explorer_sources,
    }

    def code(handler: str) -> Code:
        beside = files[handler]() if handler in files else {}
        if bundled:
            lock = lock_of(handler)
            return Code.from_asset(str(bundle(handler, lock=lock, python=python, beside=beside)))
        if beside:  # they are in no source tree
            return Code.from_asset(str(bundle(handler, lock=None, beside=beside)))
        return Code.from_asset(str(ROOT), asset_hash="asset bundling skipped")

    app = App(
        analytics_reporting=False,
        outdir=out,
        context={
            # What CloudFormation would refuse fails here.
            "@aws-cdk/core:validateAgainstDefaultRules": True,
            # Without bundling, the asset is the source tree itself, not a copy of it.
            "aws:cdk:disable-asset-staging": not bundled,
        },
    )
    EventLogStack(app, settings=settings, code=code)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """The entry of `cdk` and of `infra.synth`; exit code 1 with a message where it fails."""
    parser = argparse.ArgumentParser(prog="infra.app", description=__doc__)
    parser.add_argument("--settings", help="Settings as JSON; by default those of STAGE.")
    parser.add_argument("--unbundled", action="store_true", help="Functions' assets: the sources.")
    options = parser.parse_args(arguments)
    try:
        given = options.settings
        settings = (
            Settings.model_validate_json(given) if given else load(context=of_cdk(os.environ))
        )
        synthesize(settings, bundled=not options.unbundled)
    except (SettingsError, lambda_platform.ToolError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _put_node_on_path() -> None:
    """Prefer the virtual environment's Node to whatever the machine has."""
    scripts = Path(sys.executable).parent
    os.environ["PATH"] = f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"


if __name__ == "__main__":
    sys.exit(main())
