"""`python -m tests.explorer.responsiveness`: how the explorer bears a large log and a large event.

Exit code 1 if a budget is exceeded: the first content of each view, the longest task after it was
loaded, and no request to anybody but the stack.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from tests.explorer.chromium import chromium
from tests.explorer.large_log import fill
from tests.explorer.used_views import FIRST_CONTENT_MS, LONGEST_TASK_MS, Used, used
from tests.scale import machine
from tests.stack.local_stack import started_in_memory

EVENTS = 200_000

_COLUMNS = ("view", "first content", "longest task of loading", "after it", "requests", "elsewhere")


def main() -> int:
    """Fill, look, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.explorer.responsiveness")
    parser.add_argument("--events", type=int, default=EVENTS, help="events of one type")
    parser.add_argument("--json", action="store_true", help="one JSON object, for machines")
    options = parser.parse_args()
    with started_in_memory() as stack, chromium() as browser:
        fill(stack, events=options.events)
        found = list(used(browser, stack))
    as_json = json.dumps({"events": options.events, "views": [asdict(one) for one in found]})
    print(as_json if options.json else "\n".join(_told(found, options.events)))  # noqa: T201
    return 0 if all(one.good() for one in found) else 1


def _told(found: Sequence[Used], events: int) -> Iterator[str]:
    where = f"{machine.description()}, load {machine.load():.1f}, {datetime.now(UTC).date()}"
    yield f"{events:,} events of one type; milliseconds; {where}"
    yield f"| {' | '.join(_COLUMNS)} |"
    yield f"|{' --- |' * len(_COLUMNS)}"
    for one in found:
        view, *numbers = asdict(one).values()
        yield f"| {view} | {' | '.join(f'{number:.0f}' for number in numbers)} |"
    bad = [one.view for one in found if not one.good()]
    budgets = f"first content in {FIRST_CONTENT_MS} ms, no later task of {LONGEST_TASK_MS} ms"
    yield f"{'exceeded by ' + '; '.join(bad) if bad else 'kept'}: {budgets}, nothing elsewhere"


if __name__ == "__main__":
    sys.exit(main())
