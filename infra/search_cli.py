"""`eventlog search …`: commands for the search projection of the stage that `--stage` names."""

from pathlib import Path
from typing import Annotated

import typer

from infra.cli_options import Data, failures
from infra.deployed_stage import DeployedStage, StageNotFoundError, deployed_stage
from infra.running_stack import StackNotRunningError, running_stack
from infra.setting_errors import SettingsError

search = typer.Typer(help="Set up what analysts search with.", no_args_is_help=True)


@search.command()
def dashboards(
    context: typer.Context,
    data: Data = Path(".local"),
    address: Annotated[
        str | None,
        typer.Option("--dashboards", help="OpenSearch Dashboards' address, if not the stage's."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the objects here instead, to import them by hand.")
    ] = None,
    api: Annotated[
        str | None, typer.Option("--api", help="The API that links lead to, if not the stage's.")
    ] = None,
) -> None:
    """Import the index pattern, searches and dashboard; again, to have new payload fields."""
    from infra.dashboards.target import dashboards_target  # noqa: PLC0415  # slow
    from infra.dashboards_command import FAILURES, run_dashboards, write_dashboards  # noqa: PLC0415

    if api is None or (out is None and address is None):
        stage: DeployedStage | None = (running := _stage(context, data))
        links = api or _api_of(running)
    else:
        stage, links = None, api
    with failures(*FAILURES):
        if out is not None:
            write_dashboards(out, api=links.rstrip("/"))
        else:
            run_dashboards(dashboards_target(address, stage=stage), api=links.rstrip("/"))


def _stage(context: typer.Context, data: Path) -> DeployedStage:
    with failures(StackNotRunningError, StageNotFoundError, SettingsError):
        return deployed_stage(context.find_root().params["stage"], data=data)


def _api_of(stage: DeployedStage) -> str:
    return running_stack(stage.data).api if stage.data else stage.outputs["ApiUrl"]
