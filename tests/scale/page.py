"""Writes docs/scale.md and its plots from what was measured, and from the model.

Invariant: no number of the page that a run could change is written by hand.
"""

from dataclasses import replace
from pathlib import Path

from infra.bundling import ROOT
from tests.scale import comparison, deployment, measured_text, plots, quotas
from tests.scale.capacity import limits
from tests.scale.deployment import Cpu, by_type_cost, write_cost
from tests.scale.measuring import Found, results
from tests.scale.outlook import Outlook, outlook
from tests.scale.stages import BATCHES, DEPLOYMENTS, PROD, RAISED, SEARCHED, cpu_of
from tests.scale.tables import cell, table, wrapped

PAGE = ROOT / "docs" / "scale.md"
IMAGES = ROOT / "docs" / "images"
_TEXT = (Path(__file__).parent / "scale.md.in").read_text("utf-8")
_SIZES = (1, 2, 5, 10, 25, 50, 100, 200, 500)
_SHOWN = 4


def write(*, seed: int) -> None:
    """The page and its plots.

    Raises:
        FileNotFoundError: a part was not measured.
    """
    projector, listed = results("projector"), results("listed")
    cpu = cpu_of(projector, listed, results("indexing"))
    outlooks = [outlook(one, cpu, seed=seed) for one in DEPLOYMENTS]
    _plot(projector, cpu, outlooks)
    text = _TEXT.format(
        summary=_summary(outlooks),
        limits=_limits(outlooks),
        outlook=_outlook(outlooks),
        **_model_facts(cpu),
        **measured_text.facts(projector, listed, results("searchable")),
    )
    PAGE.write_text(wrapped(text), "utf-8")


def _summary(outlooks: list[Outlook]) -> str:
    first = {one.deployment.name: one.first for one in outlooks}
    plain, batches, raised = (first[one.name] for one in (PROD, BATCHES, RAISED))
    search = first[SEARCHED.name]
    return (
        f"**With the settings of `prod`, up to {plain.events:,.0f} events a second, one in each "
        f"request**: {plain.name} binds ({plain.moved_by}). In batches of 25, up to "
        f"{batches.events:,.0f}, where half of them are of one type: {batches.name} bind "
        f"({batches.moved_by}). To go to 100,000, post in batches, set `type_shards` to 64 and "
        "have AWS raise DynamoDB's quota of a table above 100,000 write units; at "
        f"{raised.events:,.0f} units, {raised.name} binds again. The search index of the default "
        f"domain ends at {search.events:,.0f} ({search.moved_by}), while the log and the listing "
        "go on. All of this is modelled, not measured on AWS."
    )


def _limits(outlooks: list[Outlook]) -> str:
    head = ["deployment", *(f"{place}." for place in range(1, _SHOWN + 1)), "the first is moved by"]
    rows = [
        [
            one.deployment.name,
            *(f"{limit.events:,.0f}: {limit.name}" for limit in one.limits[:_SHOWN]),
            one.first.moved_by,
        ]
        for one in outlooks
    ]
    return table(head, rows)


def _outlook(outlooks: list[Outlook]) -> str:
    head = ["deployment", "offered", "429", "lag, p50 s", "lag, p99 s", "search lag, p99 s"]
    rows: list[list[object]] = []
    for one in outlooks:
        for rate, outcome in one.outcomes:
            refused = outcome.refused / (outcome.refused + outcome.accepted)
            rows_lag, search = outcome.lag["by-type"], outcome.lag.get("search")
            assert rows_lag is not None
            lag = [rows_lag.p50, rows_lag.p99, search.p99 if search else ""]
            rows.append([one.deployment.name, rate, f"{refused:.0%}", *lag])
    return table(head, rows)


def _model_facts(cpu: Cpu) -> dict[str, str]:
    cost = by_type_cost(PROD, cpu)
    batch = PROD.settings.by_type_stream.batch_size
    seconds = write_cost(BATCHES, cpu)
    at_once = 100_000 / BATCHES.size * seconds
    return {
        "lane": f"{batch / cost.of(batch):,.0f}",
        "small": f"{10 / cost.of(10):,.0f}",
        "concurrency": (
            f"100,000 events a second take {at_once:,.0f} invocations of the write function at a "
            f"time, of {1_000 * seconds:,.0f} ms each, and one of a projector for each partition"
        ),
        "api_requests": f"{quotas.API_REQUESTS:,}",
        "at_a_time": f"{quotas.CONCURRENCY:,}",
        "partition": f"{quotas.PARTITION_UNITS:,}",
        "table_quota": f"{quotas.TABLE_UNITS:,}",
        "new_table": f"{quotas.NEW_TABLE_UNITS:,}",
        "polls": str(quotas.POLLS),
        "insert": cell(1_000 * deployment.INSERT_SECONDS),
        "puts": cell(1_000 * deployment.PUTS_SECONDS),
        "document": cell(1_000 * cpu.document),
    }


def _plot(projector: Found, cpu: Cpu, outlooks: list[Outlook]) -> None:
    by_limit: dict[str, list[tuple[float, float]]] = {}
    for size in _SIZES:
        for limit in limits(replace(BATCHES, size=size), cpu):
            by_limit.setdefault(limit.name, []).append((size, limit.events))
    by_lanes: dict[str, list[tuple[float, float]]] = {}
    for one in comparison.throughputs(projector["drains"]):
        if one.lanes in {1, 10}:
            name = f"{one.lanes} lane{'s' if one.lanes > 1 else ''}"
            by_lanes.setdefault(name, []).append((one.batch, one.measured))
            by_lanes.setdefault(f"{name}, model", []).append((one.batch, one.predicted))
    by_rate = {
        one.deployment.name.replace("`", "").removesuffix(" a request"): [
            (rate, lag.p99) for rate, outcome in one.outcomes if (lag := outcome.lag["by-type"])
        ]
        for one in outlooks[:5]
    }
    _draw("limits", by_limit, across="events in a request", up="events a second")
    _draw("projector", by_lanes, across="batch size", up="events a second, measured and modelled")
    _draw("lag", by_rate, across="events a second", up="seconds of lag, p99, modelled")


def _draw(name: str, series: dict[str, list[tuple[float, float]]], *, across: str, up: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / f"scale-{name}.svg").write_text(plots.lines(series, across=across, up=up), "utf-8")
