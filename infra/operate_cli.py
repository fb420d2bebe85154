"""`eventlog`'s commands for operators: they work on the stage that `--stage` names.

Invariant: exit code 0 means all is well, 1 that something is left, 2 that it could not be done.
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from infra.cli_options import Data, Json, failures
from infra.deployed_stage import DeployedStage, StageNotFoundError, deployed_stage
from infra.running_stack import StackNotRunningError
from infra.setting_errors import SettingsError

if TYPE_CHECKING:
    from projections.projection_target import Target

operate = typer.Typer()
parked = typer.Typer(help="List what is parked and why: exit code 1 if anything is.")
operate.add_typer(parked, name="parked")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, change nothing.")]


class Name(StrEnum):
    """The projections that a stage may have."""

    BY_TYPE = "by-type"
    SEARCH = "search"


Which = Annotated[Name, typer.Argument(help="The projection.")]


@parked.callback(invoke_without_command=True)
def list_parked(
    context: typer.Context,
    data: Data = Path(".local"),
    keys: Annotated[bool, typer.Option("--keys", help="Print every key, one a line.")] = False,
    as_json: Json = False,
) -> None:
    """List what is parked and why, grouped; exit code 1 if anything is."""
    from infra.parked_command import FAILURES, run_keys, run_parked  # noqa: PLC0415  # slow

    context.obj = stage = _stage(context, data)
    if context.invoked_subcommand is not None:
        return
    with failures(*FAILURES):
        if keys:
            run_keys(stage)
            return
        code = run_parked(stage, as_json=as_json)
    raise typer.Exit(code)


@parked.command("show")
def show_parked(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="A key that `eventlog parked` names.")],
) -> None:
    """Print one parked object: its records whole, with the reason."""
    from infra.parked_command import FAILURES, run_show  # noqa: PLC0415

    with failures(*FAILURES):
        run_show(context.obj, key)


@parked.command("discard")
def discard_parked(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="A key that `eventlog parked` names.")],
) -> None:
    """Remove one parked object that will never be projected."""
    from infra.parked_command import FAILURES, run_discard  # noqa: PLC0415

    with failures(*FAILURES):
        run_discard(context.obj, key)


@operate.command()
def redrive(
    context: typer.Context,
    projection: Annotated[
        Name | None, typer.Argument(help="The projection; all of them by default.")
    ] = None,
    data: Data = Path(".local"),
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Send what is parked through its projection again, and remove what succeeded."""
    from infra.parked_command import FAILURES, run_redrive  # noqa: PLC0415

    stage = _stage(context, data)
    with failures(*FAILURES):
        code = run_redrive(stage, projection=projection, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(code)


@operate.command()
def rebuild(  # noqa: PLR0913, PLR0917  # one per option
    context: typer.Context,
    projection: Which,
    data: Data = Path(".local"),
    rate: Annotated[
        float, typer.Option(help="Events a second at most; 0 for no limit.", min=0)
    ] = 1_000,
    segments: Annotated[
        int, typer.Option(help="Parts of the log read at once.", min=1, max=64)
    ] = 4,
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="File to go on from; ./rebuild-PROJECTION-STAGE.checkpoint by default."),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew where an earlier rebuild was cut off.")
    ] = False,
    distributed: Annotated[
        bool, typer.Option("--distributed", help="Replay an export of the log in Lambda.")
    ] = False,
    workers: Annotated[
        int, typer.Option(help="With --distributed: functions at once.", min=1, max=1_000)
    ] = 10,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Replay the whole log into a projection while traffic goes on."""
    from infra.rebuild_command import FAILURES, run_rebuild  # noqa: PLC0415

    stage = _stage(context, data)
    target = _target(stage, projection)
    if distributed:
        if projection is not Name.BY_TYPE:
            raise typer.BadParameter("a distributed rebuild is of by-type alone")
        _rebuild_distributed(
            stage, workers=workers, rate=rate or None, dry_run=dry_run, as_json=as_json
        )
    with failures(*FAILURES):
        code = run_rebuild(
            stage.client("dynamodb"),
            log_table=stage.log_table,
            target=target,
            segments=segments,
            rate=rate or None,
            checkpoint=checkpoint or Path(f"rebuild-{projection}-{stage.name}.checkpoint"),
            restart=restart,
            dry_run=dry_run,
            as_json=as_json,
        )
    raise typer.Exit(code)


def _rebuild_distributed(
    stage: DeployedStage, *, workers: int, rate: float | None, dry_run: bool, as_json: bool
) -> NoReturn:
    from infra.distributed_command import FAILURES, run_distributed  # noqa: PLC0415

    with failures(*FAILURES):
        code = run_distributed(
            dynamodb=stage.client("dynamodb"),
            step_functions=stage.client("stepfunctions"),
            s3=stage.client("s3"),
            log_table=stage.log_table,
            state_machine=stage.by_type_rebuild,
            workers=workers,
            rate=rate,
            dry_run=dry_run,
            as_json=as_json,
        )
    raise typer.Exit(code)


@operate.command()
def verify(
    context: typer.Context,
    projection: Which,
    data: Data = Path(".local"),
    lag: Annotated[
        float, typer.Option(help="Seconds; events younger than this are left out.", min=0)
    ] = 60,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what differs.")] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Compare a projection with the log, completely, while traffic goes on."""
    from infra.verify_command import FAILURES, run_verify  # noqa: PLC0415

    stage = _stage(context, data)
    target = _target(stage, projection)
    with failures(*FAILURES):
        code = run_verify(
            stage.client("dynamodb"),
            log_table=stage.log_table,
            target=target,
            lag_seconds=lag,
            repair=repair,
            dry_run=dry_run,
            as_json=as_json,
        )
    raise typer.Exit(code)


@operate.command()
def status(
    context: typer.Context,
    data: Data = Path(".local"),
    watch: Annotated[bool, typer.Option("--watch", help="Look again every two seconds.")] = False,
    as_json: Json = False,
) -> None:
    """Show each projection's lag, what is parked and the last error, on one screen."""
    from infra.status_command import FAILURES, run_status  # noqa: PLC0415

    stage = _stage(context, data)
    with failures(*FAILURES):
        code = run_status(stage, watch=watch, as_json=as_json)
    raise typer.Exit(code)


def _stage(context: typer.Context, data: Path) -> DeployedStage:
    with failures(StackNotRunningError, StageNotFoundError, SettingsError):
        return deployed_stage(context.find_root().params["stage"], data=data)


def _target(stage: DeployedStage, projection: Name) -> "Target":
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    from infra.stage_projections import NoSuchProjectionError, projection_of  # noqa: PLC0415

    with failures(NoSuchProjectionError, BotoCoreError):
        return projection_of(stage, projection).target(stage)
