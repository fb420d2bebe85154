"""Commands in pipes: a reader that has had enough ends them, without a word."""

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def piping() -> Iterator[None]:
    """Write to standard output until its reader goes; that is no failure, so exit code 0."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # for what Python flushes when it ends
        raise typer.Exit(0) from None


def wait_while_read(seconds: float) -> None:
    """Wait, but no longer than there is a reader: who only waits would never notice.

    Raises:
        BrokenPipeError: it is gone.
    """
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)  # errors and hang-ups alone
    if poll.poll(seconds * 1_000):
        raise BrokenPipeError
