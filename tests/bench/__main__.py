"""`python -m tests.bench [NAME ...]` measures; `--check` measures once and checks budgets alone."""

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from tests.bench import counted, listing, memory, profile, projector, report, startup, warm
from tests.bench.benchmark import Benchmark, Result, Verdict, judge, measure
from tests.bench.bundles import FOLDERS
from tests.bench.table import text

BENCHMARKS: dict[str, Benchmark] = {
    one.name: one
    for one in (
        startup.BENCHMARK,
        warm.BENCHMARK,
        projector.BENCHMARK,
        memory.BENCHMARK,
        profile.BENCHMARK,
        counted.BENCHMARK,
        listing.BENCHMARK,
        listing.AT_SCALE,
    )
}


def main() -> None:
    """Run the named benchmarks, or all; exit with 1 if a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--check", action="store_true", help="one round, for the budgets alone")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if unknown := set(given.names) - BENCHMARKS.keys():
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    kept = True
    for name in given.names or _all(check=given.check):
        benchmark = BENCHMARKS[name]
        results = measure(benchmark, seed=given.seed, budgets_alone=given.check)
        verdicts = judge(benchmark, results)
        sys.stdout.write(text(benchmark, results, verdicts) + "\n")
        sys.stdout.flush()
        _keep(benchmark, results, verdicts, seed=given.seed)
        kept = kept and all(verdict.kept for verdict in verdicts)
    if not given.names and not given.check:
        report.write()
    sys.exit(0 if kept else 1)


def _all(*, check: bool) -> list[str]:
    """The benchmarks that run when none is named."""
    return [name for name, benchmark in BENCHMARKS.items() if benchmark.in_check or not check]


def _keep(
    benchmark: Benchmark, results: Sequence[Result], verdicts: Sequence[Verdict], *, seed: int
) -> None:
    """Write the results where whatever is made of them finds them."""
    found = {
        "about": benchmark.about,
        "leaves_out": benchmark.leaves_out,
        "seed": seed,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "results": [asdict(result) for result in results],
        "verdicts": [{**asdict(verdict.budget), "value": verdict.value} for verdict in verdicts],
    }
    FOLDERS.mkdir(parents=True, exist_ok=True)
    (FOLDERS / f"{benchmark.name}.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")


main()
