"""The commands of `eventlog` for those who deploy: what is shipped, and what it weighs."""

import json
from pathlib import Path
from typing import Annotated

import typer

from infra.cli_options import Context, Json, Stage, failures
from infra.setting_errors import SettingsError

deploy = typer.Typer()


@deploy.command()
def synth(
    stage: Stage = "dev",
    context: Context = [],  # noqa: B006  # typer copies it
    out: Annotated[Path, typer.Option(help="Folder of the cloud assembly.")] = Path("cdk.out"),
) -> None:
    """Write the cloud assembly that `cdk deploy` ships, and print each function's zipped size."""
    from infra.context import parse_pairs  # noqa: PLC0415
    from infra.synth import SynthError, synth_bundled  # noqa: PLC0415  # other commands start fast

    with failures(SynthError, SettingsError):
        synth_bundled(stage=stage, context=parse_pairs(context), out=out)


@deploy.command()
def bundles(
    stage: Stage = "dev",
    context: Context = [],  # noqa: B006
    as_json: Json = False,
) -> None:
    """Print each function's zipped size, and the largest packages in it."""
    from infra.bundles_command import run_bundles  # noqa: PLC0415  # other commands start fast
    from infra.context import parse_pairs  # noqa: PLC0415
    from infra.synth import SynthError  # noqa: PLC0415

    with failures(SynthError, SettingsError):
        run_bundles(stage=stage, context=parse_pairs(context), as_json=as_json)


@deploy.command()
def openapi(
    stage: Stage = "dev",
    context: Context = [],  # noqa: B006
    out: Annotated[
        Path | None, typer.Option(help="Where it is written; standard output by default.")
    ] = None,
) -> None:
    """Write the OpenAPI document of a stage's API, as JSON."""
    from infra.context import parse_pairs  # noqa: PLC0415
    from infra.openapi.document import document  # noqa: PLC0415
    from infra.settings import load  # noqa: PLC0415

    with failures(SettingsError, OSError):
        made = document(load(stage=stage, context=parse_pairs(context)))
        text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
        if out is None:
            typer.echo(text, nl=False)
        else:
            out.write_text(text, encoding="utf-8")


@deploy.command()
def empty(stage: Stage = "dev") -> None:
    """Remove all that is in a stage's buckets, so that its stack can be deleted."""
    from infra.empty_command import NotEmptiedError, run_empty  # noqa: PLC0415
    from infra.settings import load  # noqa: PLC0415

    with failures(NotEmptiedError, SettingsError):
        run_empty(load(stage=stage))
