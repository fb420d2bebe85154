"""`python -m tests.fuzz --examples 5000 --seed 1`: exit code 0 if nothing is found."""

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from tests.fuzz.run import RANDOM, Run, fuzz
from tests.fuzz.stages import Target, running
from tests.fuzz.tally import Tally, server_errors, table

_A_ROUND = 200
"""Requests for an operation and phase; a round of them is some two thousand in all."""

_A_FEW = 10
_SHORT = ("examples", "fuzzing")


def main() -> int:
    """Run after run, each with a seed of its own, until so many requests were sent."""
    options = _options()
    folder = Path(mkdtemp(prefix="fuzz-"))
    sent = Tally()
    with running(folder, search=options.search, tokens=options.tokens) as target:
        for caller, run in _runs(target, options.seed):
            if sent.total() >= options.examples and run.phases == RANDOM:
                break
            told = partial(_show, sent.total(), options.examples)
            found = fuzz(target.api, run, folder, progress=told)
            sent += found.sent
            _say(f"seed {run.seed}, {caller}: {found.sent.total():,} requests")
            if found.failures or server_errors(found.sent):
                _say(found.said, table(found.sent), f"{found.failures} failures")
                return 1
    _say(table(sent), f"{sent.total():,} requests, nothing found")
    return 0


def _runs(target: Target, seed: int) -> Iterator[tuple[str, Run]]:
    """Everything once, then what is random with other seeds; who may do less sends little."""
    [(first, may), *others] = target.callers.items()
    yield first, Run(examples=_A_ROUND, seed=seed, headers=may)
    for name, headers in others:
        yield name, Run(examples=_A_FEW, seed=seed, headers=headers, phases=_SHORT)
    while True:
        seed += 1
        yield first, Run(examples=_A_ROUND, seed=seed, headers=may, phases=RANDOM)


def _show(before: int, wanted: int, sent: Tally) -> None:
    if sys.stdout.isatty():
        print(f"{before + sent.total():,} of {wanted:,} requests", end="\r", flush=True)  # noqa: T201


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=5_000, help="requests at least")
    parser.add_argument("--seed", type=int, default=1, help="the same seed sends the same")
    parser.add_argument("--search", action="store_true", help="a stack with search")
    parser.add_argument("--tokens", action="store_true", help="a stack whose callers bear tokens")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
