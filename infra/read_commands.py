"""`eventlog get`, `list` and `tail`: events, printed as they come."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal

import typer

from api.client import ApiError, EventLog, NotFoundError
from api.client.reading import Span
from infra.event_lines import event_line, indented, visible, wants_json
from infra.event_match import Match, matches

_MOST_PER_PAGE = 1_000


def run_get(log: EventLog, id: str, *, as_json: bool) -> int:
    """Print an event; gives back the exit code, 1 if there is none.

    Raises:
        ApiError: the API could not be asked.
    """
    try:
        event = log.get(id)
    except NotFoundError as error:
        typer.echo(f"eventlog: {error.problem}", err=True)
        return 1
    if wants_json(as_json=as_json):
        typer.echo(event_line(event, as_json=True))
    else:
        typer.echo("\n".join(map(visible, indented(event.text).splitlines())))
    return 0


def run_list(
    log: EventLog,
    type: str,
    *,
    since: datetime | timedelta | None,
    until: datetime | timedelta | None,
    order: Literal["desc", "asc"],
    limit: int,
    as_json: bool,
) -> None:
    """Print a type's events, at most `limit`; all for 0.

    Raises:
        ApiError: the API could not be asked.
    """
    span: Span = {"order": order, "page_size": min(limit or _MOST_PER_PAGE, _MOST_PER_PAGE)}
    if since is not None:
        span["since"] = _moment(since)
    if until is not None:
        span["until"] = _moment(until)
    for event in islice(log.list(type, **span), limit or None):
        typer.echo(event_line(event, as_json=wants_json(as_json=as_json)))


def run_tail(
    log: EventLog,
    types: Sequence[str],
    *,
    since: datetime | timedelta,
    overlap: timedelta,
    filters: Sequence[Match],
    as_json: bool,
) -> None:
    """Print new events as they are found, until Ctrl-C.

    Raises:
        ApiError: the API refuses the requests.
    """
    if sys.stderr.isatty():
        typer.echo(f"Following {', '.join(types) or 'all types'}; Ctrl-C ends.", err=True)
    found = log.follow(*types, since=since, overlap=overlap, on_trouble=_tell)
    try:
        for event in found:
            if matches(event.text, filters):
                typer.echo(event_line(event, as_json=wants_json(as_json=as_json)))
                sys.stdout.flush()
    except KeyboardInterrupt:
        return


def _tell(error: ApiError) -> None:
    typer.echo(f"eventlog: {error}; trying again", err=True)


def _moment(given: datetime | timedelta) -> datetime:
    return given if isinstance(given, datetime) else datetime.now(UTC) - given
