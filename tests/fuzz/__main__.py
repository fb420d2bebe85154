"""`python -m tests.fuzz --examples 5000 --seed 1`: exit code 0 if nothing is found."""

import argparse
import sys
from pathlib import Path
from tempfile import mkdtemp

from tests.fuzz.run import fuzz
from tests.stack.local_stack import started

_A_ROUND = 200
"""Requests for an operation and phase; a round of them is some two thousand in all."""


def main() -> int:
    """Round after round, each with a seed of its own, until so many requests were sent."""
    options = _options()
    folder = Path(mkdtemp(prefix="fuzz-"))
    sent, seed = 0, options.seed
    with started(folder / "data") as stack:
        while sent < options.examples:
            found = fuzz(stack.facts["api"], folder, examples=_A_ROUND, seed=seed)
            sent += found.requests
            print(f"seed {seed}: {found.requests:,} requests, {found.failures} failures")  # noqa: T201
            if found.failures:
                print(found.said)  # noqa: T201
                return 1
            seed += 1
    print(f"{sent:,} requests, nothing found")  # noqa: T201
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=5_000, help="requests at least")
    parser.add_argument("--seed", type=int, default=1, help="the same seed sends the same")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
