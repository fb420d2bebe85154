"""`eventlog`'s commands for single events and streams of them: post, get, list, tail.

Invariant: events go to standard output and all else to standard error; a reader that goes is no
failure.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.client import ApiError
from infra.api_target import NO_TARGET, api_target
from infra.cli_options import Api, ApiKey, Data, JsonLines, Sign, Token, failures
from infra.event_match import Match, UnreadableFilterError
from infra.moments import UnreadableMomentError, moment_of, span_of
from infra.piping import piping, wait_while_read
from infra.post_command import UnreadableInputError, run_post
from infra.read_commands import run_get, run_list, run_tail

events = typer.Typer()

_LOCAL = Path(".local")
_FAILURES = (
    *NO_TARGET,
    ApiError,
    OSError,
    UnreadableFilterError,
    UnreadableInputError,
    UnreadableMomentError,
)


class Order(StrEnum):
    """The newest first, or the oldest."""

    DESC = "desc"
    ASC = "asc"


@events.command()
def post(  # noqa: PLR0913, PLR0917  # one per option
    file: Annotated[
        Path, typer.Argument(help="Events in JSON: one, an array, or lines; - is standard input.")
    ] = Path("-"),
    type: Annotated[
        str | None, typer.Option(help="The event's type; what is read is its payload then.")
    ] = None,
    id: Annotated[str | None, typer.Option(help="The event's id, with --type.")] = None,
    data: Data = _LOCAL,
    api: Api = None,
    sign: Sign = False,
    token: Token = None,
    api_key: ApiKey = None,
    as_json: JsonLines = False,
) -> None:
    """Post events, and print what became of each."""
    if id is not None and type is None:
        raise typer.BadParameter("--id goes with --type")
    with _printing():
        target = api_target(api, data=data, sign=sign, token=token, api_key=api_key)
        with target.log() as log:
            given = None if str(file) == "-" else file
            code = run_post(log, given, type=type, id=id, as_json=as_json)
    raise typer.Exit(code)


@events.command()
def get(  # one per option
    id: Annotated[str, typer.Argument(help="The event's id.")],
    data: Data = _LOCAL,
    api: Api = None,
    sign: Sign = False,
    token: Token = None,
    api_key: ApiKey = None,
    as_json: JsonLines = False,
) -> None:
    """Print one event; exit code 1 if there is none."""
    with _printing():
        target = api_target(api, data=data, sign=sign, token=token, api_key=api_key)
        with target.log() as log:
            code = run_get(log, id, as_json=as_json)
    raise typer.Exit(code)


@events.command("list")
def list_events(  # noqa: PLR0913, PLR0917  # one per option
    type: Annotated[str, typer.Option(help="The events' type.")],
    since: Annotated[
        str | None, typer.Option("--from", help="Recorded then or later: RFC 3339, or 10m ago.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help="Recorded before.")] = None,
    order: Annotated[Order, typer.Option(help="The newest first, or the oldest.")] = Order.DESC,
    limit: Annotated[int, typer.Option(help="At most so many; all for 0.", min=0)] = 50,
    data: Data = _LOCAL,
    api: Api = None,
    sign: Sign = False,
    token: Token = None,
    api_key: ApiKey = None,
    as_json: JsonLines = False,
) -> None:
    """List the events of a type."""
    with _printing():
        target = api_target(api, data=data, sign=sign, token=token, api_key=api_key)
        with target.log() as log:
            run_list(
                log,
                type,
                since=None if since is None else moment_of(since),
                until=None if until is None else moment_of(until),
                order=order.value,
                limit=limit,
                as_json=as_json,
            )


@events.command()
def tail(  # noqa: PLR0913, PLR0917  # one per option
    types: Annotated[
        list[str], typer.Option("--type", help="A type to follow, of several; all by default.")
    ] = [],  # noqa: B006  # typer copies it
    since: Annotated[
        str, typer.Option(help="Recorded then or later: RFC 3339, or so long ago.")
    ] = "0s",
    filters: Annotated[
        list[str],
        typer.Option(
            "--filter", metavar="PATH=VALUE", help="Of these alone; such as payload.country=FR."
        ),
    ] = [],  # noqa: B006  # typer copies it
    overlap: Annotated[
        str, typer.Option(help="How late an event may be listed and still is shown.")
    ] = "5m",
    data: Data = _LOCAL,
    api: Api = None,
    sign: Sign = False,
    token: Token = None,
    api_key: ApiKey = None,
    as_json: JsonLines = False,
) -> None:
    """Follow new events, each once, until Ctrl-C."""
    with _printing():
        target = api_target(api, data=data, sign=sign, token=token, api_key=api_key)
        with target.log(sleep=wait_while_read) as log:
            run_tail(
                log,
                types,
                since=moment_of(since),
                overlap=span_of(overlap),
                filters=[Match.of(text) for text in filters],
                as_json=as_json,
            )


@contextmanager
def _printing() -> Iterator[None]:
    with failures(*_FAILURES), piping():
        yield
