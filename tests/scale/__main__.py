"""`python -m tests.scale [PART ...]` measures all or some; then `page` writes docs/scale.md."""

import argparse
import sys
import time

from tests.scale import page
from tests.scale.measuring import PARTS, measure

_PAGE = "page"


def main() -> None:
    """Measure the named parts, or all of them and write the page."""
    names = (*PARTS, _PAGE)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(names)}")
    parser.add_argument("--seed", type=int, default=1, help="of the model")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(names):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    started = time.monotonic()

    def say(line: str) -> None:
        sys.stderr.write(f"{time.monotonic() - started:4.0f} s  {line}\n")

    for part in given.parts or names:
        if part == _PAGE:
            page.write(seed=given.seed)
        else:
            measure(part, say)


main()
