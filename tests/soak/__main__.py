"""`python -m tests.soak --minutes 10 --seed 7`: exit code 0 if nothing is lost, doubled or odd."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp

from tests.soak.plan import plan_of
from tests.soak.run import soak


def main() -> int:
    """Run one soak as the options say."""
    options = _options()
    plan = plan_of(options.seed, seconds=options.minutes * 60)
    if options.plan:
        print(json.dumps(asdict(plan), indent=2))  # noqa: T201
        return 0
    folder = options.folder or Path(mkdtemp(prefix="soak-"))
    print(f"The data, logs and journal are in {folder}", file=sys.stderr)  # noqa: T201
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - started:4.0f} s  {line}", file=sys.stderr)  # noqa: T201

    report = soak(plan, folder=folder, say=say)
    if options.json:
        print(json.dumps(report.as_json()))  # noqa: T201
    else:
        report.print()
    return 0 if report.passed else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="minutes of load and faults")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same plan")
    parser.add_argument("--folder", type=Path, help="an empty folder; a temporary one without it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--plan", action="store_true", help="print the plan and end")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
