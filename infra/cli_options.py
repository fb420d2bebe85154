"""What the commands of `eventlog` have in common: options, and how a failure ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

Api = Annotated[str | None, typer.Option("--api", help="The API's address, if not the local one.")]
Sign = Annotated[
    bool, typer.Option(help="Sign the requests to --api with the AWS credentials at hand.")
]
Data = Annotated[Path, typer.Option("--data", help="The running stack's data folder.")]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="EVENTLOG_TOKEN",
        help="A bearer token; the variable keeps it out of the list of processes.",
    ),
]
ApiKey = Annotated[
    str | None,
    typer.Option("--api-key", envvar="EVENTLOG_API_KEY", help="A producer's API key, likewise."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]
JsonLines = Annotated[
    bool,
    typer.Option("--json", help="Print lines of JSON, as is done where the output is no terminal."),
]
Stage = Annotated[
    str, typer.Option("--stage", envvar="STAGE", help="A stage of infra/settings.py.")
]
Context = Annotated[
    list[str],
    typer.Option(
        "--context",
        "-c",
        metavar="NAME=VALUE",
        help="A setting, such as by_type_stream.batch_size=100. May be repeated.",
    ),
]


@contextmanager
def failures(*expected: type[Exception]) -> Iterator[None]:
    """End with one line on standard error, and exit code 2, on what a user can mend."""
    try:
        yield
    except expected as error:
        typer.secho(f"eventlog: {error}", err=True, fg="red")
        raise typer.Exit(2) from error
