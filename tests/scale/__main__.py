"""`python -m tests.scale [PART ...]` measures all or some, and writes docs/scale.md."""

import argparse
import sys
import time

from tests.scale.measuring import PARTS, measure


def main() -> None:
    """Measure the named parts, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--seed", type=int, default=1, help="of the model")
    given = parser.parse_args()
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    started = time.monotonic()

    def say(line: str) -> None:
        sys.stderr.write(f"{time.monotonic() - started:4.0f} s  {line}\n")

    for part in given.parts or PARTS:
        measure(part, say)


main()
