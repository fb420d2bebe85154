"""`eventlog post`: what stands in a file, or comes in, as events; and what became of each."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from api.client import EventLog
from api.client.raw_json import items_of, texts_of
from infra.event_lines import outcome_line, wants_json

_QUOTED = json.JSONEncoder(ensure_ascii=False).encode


class UnreadableInputError(Exception):
    """The input holds no events; the message says where."""


def run_post(
    log: EventLog, file: Path | None, *, type: str | None, id: str | None, as_json: bool
) -> int:
    """Post what is in a file, or for None comes in; gives back the exit code.

    With a `type` that is one payload, else events: one, an array, or one after another.

    Raises:
        UnreadableInputError: it is no JSON; then nothing is posted.
        ApiError: the API did not take it.
        OSError: the file cannot be read.
    """
    text = _input(file)
    events = list(_events(text)) if type is None else [_event(text, type, id)]
    statuses = set()
    for outcome in log.append_many(events):
        statuses.add(outcome.status)
        typer.echo(outcome_line(outcome, as_json=wants_json(as_json=as_json)))
    if "failed" in statuses:
        return 2
    return 1 if statuses & {"conflict", "invalid"} else 0


def _input(file: Path | None) -> str:
    if file is None and sys.stdin.isatty():
        typer.echo("Reading from the terminal; Ctrl-D ends.", err=True)
    try:
        raw = sys.stdin.buffer.read() if file is None else file.read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableInputError(f"not UTF-8: byte {error.start + 1}") from error


def _event(text: str, type: str, id: str | None) -> str:
    payloads = _texts(text)
    if len(payloads) != 1:
        reason = f"with --type, the input is one payload in JSON; there are {len(payloads)}"
        raise UnreadableInputError(reason)
    known = {} if id is None else {"id": id}
    envelope = _QUOTED({**known, "type": type})
    return f'{envelope[:-1]},"payload":{payloads[0]}}}'


def _events(text: str) -> Iterator[str]:
    for one in _texts(text):
        if one.startswith("["):
            yield from items_of(one)
        else:
            yield one


def _texts(text: str) -> list[str]:
    try:
        return texts_of(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UnreadableInputError(f"not JSON: {error.msg} at {where}") from error
    except RecursionError as error:
        raise UnreadableInputError("not JSON that can be kept: nested too deeply") from error
