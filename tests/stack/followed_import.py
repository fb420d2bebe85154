"""`python -m tests.stack.followed_import`: `eventlog tail` beside imports, with a late listing.

Four processes import 10,000 events, in which every seventh is in two of their files; the by-type
projector is held for four and for twelve seconds meanwhile. Exit code 1 unless each event was shown
once.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.scale.machine import workers_of
from tests.stack.local_stack import LocalStack, started_in_memory

_IMPORTS = 4
_HELD_SECONDS = (4, 12)
_PROJECTOR = "ByTypeProjector"
_QUIET_SECONDS = 60
"""Longer than any event is late here: what is shown twice would be shown by then."""


def main() -> int:
    """Import, hold, follow, count."""
    parser = argparse.ArgumentParser(prog="python -m tests.stack.followed_import")
    parser.add_argument("--events", type=int, default=10_000)
    events = parser.parse_args().events
    with started_in_memory() as stack, _followed(stack) as shown:
        imports = list(_imports(stack, events))
        for seconds in _HELD_SECONDS:
            _hold_projector(stack, seconds)
        codes = [one.wait() for one in imports]
        _await_all(shown, events)
    times = Counter(shown.values())
    told = f"{len(shown):,} of {events:,} events shown, by how often: {dict(times)}"
    print(f"imports ended with {codes}; {told}")  # noqa: T201
    return 0 if (codes, times) == ([0] * _IMPORTS, {1: events}) else 1


@contextmanager
def _followed(stack: LocalStack) -> Iterator[Counter[str]]:
    """How often `eventlog tail` has shown each event so far."""
    shown: Counter[str] = Counter()
    with _command(stack, "tail", "--since", "1m", "--json", stdout=subprocess.PIPE) as tail:
        assert tail.stdout
        lines = tail.stdout

        def count() -> None:
            for line in lines:
                shown[json.loads(line)["id"]] += 1

        reader = threading.Thread(target=count)
        reader.start()
        yield shown
        tail.send_signal(signal.SIGTERM)
        reader.join()


def _imports(stack: LocalStack, events: int) -> Iterator["subprocess.Popen[str]"]:
    for part in range(_IMPORTS):
        file = stack.data / f"{part}.ndjson"
        mine = [n for n in range(events) if n % _IMPORTS == part or n % 7 == part]
        made = ({"id": f"e-{n}", "type": f"type-{n % 3}", "payload": {"n": n}} for n in mine)
        file.write_text("\n".join(map(json.dumps, made)))
        yield _command(stack, "import", str(file), "--json", stdout=subprocess.DEVNULL)


def _command(stack: LocalStack, *words: str, stdout: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "infra.cli", *words, "--data", str(stack.data)]
    return subprocess.Popen(command, stdout=stdout, text=True)


def _hold_projector(stack: LocalStack, seconds: float) -> None:
    workers = [one for one in workers_of(stack.process.pid) if one.function == _PROJECTOR]
    assert workers, "no projector runs"
    for worker in workers:
        os.kill(worker.pid, signal.SIGSTOP)
    time.sleep(seconds)  # the delay that is injected
    for worker in workers:
        os.kill(worker.pid, signal.SIGCONT)
    print(f"held {len(workers)} processes of the projector for {seconds} s")  # noqa: T201


def _await_all(shown: Counter[str], events: int) -> None:
    """Until all are shown, and then as long as one could come again."""
    deadline = time.monotonic() + _QUIET_SECONDS
    while len(shown) < events and time.monotonic() < deadline:
        threading.Event().wait(0.5)
    time.sleep(_QUIET_SECONDS)  # nothing is to come


if __name__ == "__main__":
    sys.exit(main())
