"""`eventlog`: the commands of those who run, fill and deploy an event log.

Invariant: exit code 0 means all was done, 1 that something was refused or is left, 2 that it could
not be done.
"""

from pathlib import Path
from typing import Annotated

import typer

from infra.api_target import NO_TARGET, api_target
from infra.cli_options import Api, ApiKey, Context, Data, Json, Sign, Stage, Token, failures
from infra.deploy_cli import deploy
from infra.deployed_stage import LOCAL
from infra.event_import import ImportFailedError
from infra.events_cli import events
from infra.import_command import run_import
from infra.operate_cli import operate
from infra.search_cli import search
from infra.setting_errors import SettingsError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_LOCAL = Path(".local")


app.add_typer(events)
app.add_typer(operate)
app.add_typer(deploy)
app.add_typer(search, name="search")


@app.callback()
def _eventlog(
    stage: Annotated[  # the commands for operators read it from the context
        str,
        typer.Option(
            help="The stage that parked, redrive, rebuild, verify, status and search use."
        ),
    ] = LOCAL,
) -> None:
    """Run, fill, deploy and operate a serverless event log."""


@app.command("local")
def run_locally(  # noqa: PLR0913, PLR0917  # one per option
    port: Annotated[int, typer.Option(help="Port of the API.", min=0, max=65535)] = 8000,
    data: Data = _LOCAL,
    stage: Stage = "dev",
    context: Context = [],  # noqa: B006  # typer copies it
    dynamodb_port: Annotated[
        int | None, typer.Option(help="Port of the engine that is started; a free one by default.")
    ] = None,
    dynamodb_endpoint: Annotated[
        str | None, typer.Option(help="Address of a DynamoDB that runs already.")
    ] = None,
    search: Annotated[
        bool | None,
        typer.Option(help="With search, or without; as the stage has it by default."),
    ] = None,
    opensearch_port: Annotated[
        int,
        typer.Option(
            envvar="OPENSEARCH_PORT",
            help="Port of the OpenSearch that is started, if any; 0 takes a free one.",
            min=0,
            max=65535,
        ),
    ] = 9200,
    opensearch_endpoint: Annotated[
        str | None, typer.Option(help="Address of an OpenSearch that runs already.")
    ] = None,
) -> None:
    """Run the synthesized stack on this machine until Ctrl-C."""
    from infra.context import parse_pairs  # noqa: PLC0415
    from infra.local.errors import LocalStackError  # noqa: PLC0415
    from infra.local.local_settings import local_settings  # noqa: PLC0415
    from infra.local.stack import run  # noqa: PLC0415  # other commands start fast
    from infra.local.stores import Engines  # noqa: PLC0415

    with failures(LocalStackError, SettingsError):
        code = run(
            local_settings(stage, search=search, context=parse_pairs(context)),
            port=port,
            data=data,
            engines=Engines(
                dynamodb_port, dynamodb_endpoint, opensearch_port or None, opensearch_endpoint
            ),
        )
    raise typer.Exit(code)


@app.command()
def demo(
    data: Data = _LOCAL,
    api: Api = None,
    sign: Sign = False,
    token: Token = None,
    api_key: ApiKey = None,
    rate: Annotated[float, typer.Option(help="Events a second.", min=0.1, max=200)] = 5,
    seconds: Annotated[float, typer.Option(help="How long.", min=1)] = 20,
) -> None:
    """Post believable business events and watch them being listed."""
    from infra.demo import DemoFailedError, run_demo  # noqa: PLC0415  # other commands start fast

    with failures(*NO_TARGET, DemoFailedError):
        target = api_target(api, data=data, sign=sign, token=token, api_key=api_key)
        run_demo(target, rate=rate, seconds=seconds)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="NDJSON, one event a line; - is standard input.")],
    data: Data = _LOCAL,
    api: Api = None,
    sign: Sign = False,
    token: Token = None,
    api_key: ApiKey = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Where refused lines go; ./FILE.rejects by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Post every line of a file. Importing it again is safe and goes on where it was cut off."""
    with failures(*NO_TARGET, ImportFailedError, OSError):
        rejected = run_import(
            None if str(file) == "-" else file,
            api=api_target(api, data=data, sign=sign, token=token, api_key=api_key),
            rejects=rejects or Path(f"{'stdin' if str(file) == '-' else file.name}.rejects"),
            as_json=as_json,
        )
    raise typer.Exit(1 if rejected else 0)


def main() -> None:
    """The console command."""
    app()


if __name__ == "__main__":
    main()
