"""Writes docs/performance.md and its plots from the newest results of the benchmarks.

`python -m tests.bench.report`; a whole `make bench` ends with it. Invariant: no number of the page
is written by hand.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from infra.bundling import ROOT
from tests.bench.bundles import FOLDERS
from tests.bench.table import scaled

PAGE = ROOT / "docs" / "performance.md"
IMAGES = ROOT / "docs" / "images"
_NAMES = ("startup", "warm", "projector", "counted", "listing", "listing-at-scale")
_PLOTTED = ("startup", "warm", "projector")
_INTRODUCTION = (Path(__file__).parent / "performance.md.in").read_text("utf-8")
_BAR, _LEFT, _WIDTH = 22, 300, 760
_COLOURS = {True: "#1a7f5a", False: "#8c959f"}  # legible on light and on dark pages

Found = Mapping[str, Any]


def write() -> None:
    """The page and its plots.

    Raises:
        FileNotFoundError: a benchmark has no results yet.
    """
    found = {name: json.loads((FOLDERS / f"{name}.json").read_text("utf-8")) for name in _NAMES}
    for name in _PLOTTED:
        (IMAGES / f"bench-{name}.svg").write_text(_plot(found[name]), "utf-8")
    sections = "\n".join(line for name, one in found.items() for line in _section(name, one))
    PAGE.write_text(f"{_INTRODUCTION.rstrip()}\n\n{sections}", "utf-8")


def _section(name: str, found: Found) -> Iterator[str]:
    yield f"## `make bench ARGS={name}`\n"
    yield f"Measures {found['about']}. Leaves out: {found['leaves_out']}.\n"
    yield f"{found['date']}, {found['machine']}, seed {found['seed']}.\n"
    if name in _PLOTTED:
        yield f"![{found['about']}](images/bench-{name}.svg)\n"
    yield "| budget | measured | must | aim |"
    yield "|---|---|---|---|"
    for one in found["verdicts"]:
        of = f"{one['subject']}, against {one['against']}" if one["against"] else one["subject"]
        measured = f"{one['value']:,.2f}".removesuffix(".00")
        yield f"| {of}: {one['measure']} | {measured} | {one['must']:,g} | {one['aim']:,g} |"
    yield ""
    yield "| | measured | median | spread |"
    yield "|---|---|---|---|"
    for one in found["results"]:
        amount, unit = scaled(one["measure"], _median(one["samples"]))
        yield f"| {one['subject']} | {unit} | {amount:,.2f} | {_spread(one['samples']):.1%} |"
    yield ""


def _median(samples: Sequence[float]) -> float:
    return sorted(samples)[len(samples) // 2]


def _spread(samples: Sequence[float]) -> float:
    return (max(samples) - min(samples)) / (_median(samples) or 1)


def _plot(found: Found) -> str:
    """A bar for each subject's instructions, or seconds where those could not be counted."""
    measures = {one["measure"] for one in found["results"]}
    measure = "instructions" if "instructions" in measures else "seconds"
    bars = [
        (one["subject"], *scaled(measure, _median(one["samples"])))
        for one in found["results"]
        if one["measure"] == measure
    ]
    longest = max(amount for _, amount, _ in bars)
    height = _BAR * (len(bars) + 1)
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    font = 'font-family="sans-serif" font-size="12" fill="#808a94"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>']
    lines.append(f'<text x="{_LEFT}" y="14">{bars[0][2]}</text>')
    for row, (subject, amount, _) in enumerate(bars, start=1):
        top, width = row * _BAR, (_WIDTH - _LEFT - 70) * amount / longest
        colour = _COLOURS[subject.endswith(": ours")]
        lines.append(
            f'<text x="{_LEFT - 8}" y="{top + 14}" text-anchor="end">{escape(subject)}</text>'
        )
        lines.append(
            f'<rect x="{_LEFT}" y="{top + 3}" width="{width:.1f}" height="{_BAR - 6}" '
            f'fill="{colour}"/>'
        )
        lines.append(f'<text x="{_LEFT + width + 6:.1f}" y="{top + 14}">{amount:,.1f}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


if __name__ == "__main__":
    write()
