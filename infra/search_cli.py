"""`eventlog search`: what a stage's search has besides the projection itself.

Invariant: each command may be run again, and changes nothing then.
"""

from pathlib import Path
from typing import Annotated

import typer

from infra.cli_options import Data, Json, failures
from infra.deployed_stage import DeployedStage, StageNotFoundError, deployed_stage
from infra.running_stack import StackNotRunningError, running_stack
from infra.setting_errors import SettingsError

search = typer.Typer(no_args_is_help=True, help="Prepare a stage's search.")


@search.command("setup")
def set_up_search(
    context: typer.Context, data: Data = Path(".local"), as_json: Json = False
) -> None:
    """Install the index template and what goes with it, as a deployment and a start do."""
    from infra.search_setup_command import FAILURES, run_setup  # noqa: PLC0415  # slow

    stage = stage_of(context, data)
    with failures(*FAILURES):
        run_setup(stage, as_json=as_json)


@search.command("dashboards")
def import_dashboards(
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
    """Import what analysts begin with; once more to have the payloads' newest fields."""
    from infra.dashboards.target import dashboards_target  # noqa: PLC0415  # slow
    from infra.dashboards_command import FAILURES, run_dashboards, write_dashboards  # noqa: PLC0415

    stage: DeployedStage | None = None
    if api is None or (out is None and address is None):
        stage = stage_of(context, data)
        api = api or _api_of(stage)
    with failures(*FAILURES):
        if out is not None:
            write_dashboards(out, api=api.rstrip("/"))
        else:
            run_dashboards(dashboards_target(address, stage=stage), api=api.rstrip("/"))


def stage_of(context: typer.Context, data: Path) -> DeployedStage:
    """The stage that `--stage` names."""
    with failures(StackNotRunningError, StageNotFoundError, SettingsError):
        return deployed_stage(context.find_root().params["stage"], data=data)


def _api_of(stage: DeployedStage) -> str:
    return running_stack(stage.data).api if stage.data else stage.outputs["ApiUrl"]
