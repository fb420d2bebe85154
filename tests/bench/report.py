"""Writes docs/performance.md and its plots from the newest results of the benchmarks.

`python -m tests.bench.report`; a whole `make bench` ends with it. Invariant: no number of a result
is written by hand.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from infra.bundling import ROOT
from infra.cost.markdown import table
from infra.settings import STAGES
from tests.bench import plots
from tests.bench.bundles import FOLDERS
from tests.bench.curves import MEMORIES, Curve
from tests.bench.memory import COLD, CPU, GET, LIST, POST, PROJECT
from tests.bench.table import scaled

PAGE = ROOT / "docs" / "performance.md"
IMAGES = ROOT / "docs" / "images"
_NAMES = (
    *("startup", "warm", "projector", "counted", "listing", "listing-at-scale"),
    *("memory", "profile"),
)
_PLOTTED = {"startup", "warm", "projector"}
_INTRODUCTION = (Path(__file__).parent / "performance.md.in").read_text("utf-8")

Found = Mapping[str, Any]


def write() -> None:
    """The page and its plots, of what has results."""
    files = {name: FOLDERS / f"{name}.json" for name in _NAMES}
    found = {n: json.loads(file.read_text("utf-8")) for n, file in files.items() if file.exists()}
    for name in found.keys() & _PLOTTED:
        (IMAGES / f"bench-{name}.svg").write_text(_bars(found[name]), "utf-8")
    curves = _curves(found["memory"])
    (IMAGES / "bench-memory.svg").write_text(plots.latencies(curves), "utf-8")
    sections = [*_budgets(found), *_memory(curves)]
    sections += [line for name, one in found.items() for line in _section(name, one)]
    PAGE.write_text(f"{_INTRODUCTION.rstrip()}\n\n" + "\n".join(sections), "utf-8")


def _budgets(found: Mapping[str, Found]) -> Iterator[str]:
    """All budgets, and which aims are missed."""
    yield "## Budgets\n"
    rows = []
    for name, one in found.items():
        for verdict in one["verdicts"]:
            against = f", against {verdict['against']}" if verdict["against"] else ""
            of = f"{name}: {verdict['subject']}{against}: {verdict['measure']}"
            value = verdict["value"]
            grade = "kept" if value <= verdict["aim"] else "missed"
            bounds = (f"{verdict[bound]:,.9g}" for bound in ("must", "aim"))
            rows.append((of, f"{value:,.2f}".removesuffix(".00"), *bounds, grade))
    yield table(("what", "measured", "must", "aim", "aim is"), rows)


def _memory(curves: Mapping[str, Curve]) -> Iterator[str]:
    """What each function takes at each memory, and what it is given."""
    prod = STAGES["prod"]
    given = {"write": prod.write, "read": prod.read, "by-type projector": prod.by_type_projector}
    yield "## Memory\n"
    yield "![a curve for each function](images/bench-memory.svg)\n"
    rows = [
        (
            f"{memory:,}",
            *(
                f"{1e3 * one.cold(memory):,.0f} ms, {1e3 * one.warm(memory):.1f} ms, "
                f"${one.usd_per_million(memory):.2f}"
                for one in curves.values()
            ),
        )
        for memory in MEMORIES
    ]
    yield table(("MB: first answer, a later one, a million", *curves), rows)
    chosen = (f"{name} {function.memory_mb:,} MB" for name, function in given.items())
    yield f"Given in `prod`: {', '.join(chosen)}; [deploy.md](deploy.md#memory) says why.\n"


def _section(name: str, found: Found) -> Iterator[str]:
    yield f"## `make bench ARGS={name}`\n"
    yield f"Measures {found['about']}. Leaves out: {found['leaves_out']}.\n"
    yield f"{found['date']}, {found['machine']}, seed {found['seed']}.\n"
    if name in _PLOTTED:
        yield f"![{found['about']}](images/bench-{name}.svg)\n"
    rows = []
    for one in found["results"]:
        amount, unit = scaled(one["measure"], median(one["samples"]))
        spread = f"{_spread(one['samples']):.1%}" if len(one["samples"]) > 1 else ""
        rows.append((one["subject"], f"{amount:,.2f}".removesuffix(".00"), unit, spread))
    yield table(("what", "median", "of", "spread"), rows)


def _spread(samples: list[float]) -> float:
    return (max(samples) - min(samples)) / (median(samples) or 1)


def _bars(found: Found) -> str:
    """Instructions, or seconds where those were not counted of all."""
    medians = {(one["subject"], one["measure"]): median(one["samples"]) for one in found["results"]}
    subjects = list(dict.fromkeys(subject for subject, _ in medians))
    counted = all((subject, "instructions") in medians for subject in subjects)
    measure = "instructions" if counted else "seconds"
    return plots.bars(measure, [(subject, medians[subject, measure]) for subject in subjects])


def _curves(found: Found) -> dict[str, Curve]:
    medians = {(one["subject"], one["measure"]): median(one["samples"]) for one in found["results"]}
    return {
        name: Curve(cold_cpu=medians[name, COLD], warm_cpu=medians[name, CPU])
        for name in (POST, GET, LIST, PROJECT)
    }


if __name__ == "__main__":
    write()
