"""What was measured, as the page's text."""

from collections.abc import Iterator, Sequence

from tests.scale import comparison
from tests.scale.comparison import LAG_FACTOR, TOLERANCE, Compared
from tests.scale.latency import SUSTAINED_SECONDS
from tests.scale.measuring import Found
from tests.scale.tables import table

_MEGABYTE = 1_000_000


def facts(projector: Found, listed: Found, searchable: Found) -> dict[str, str]:
    """Each of the page's places for measurements → its text."""
    best = comparison.least_disturbed(projector["drains"])
    throughputs = comparison.throughputs(projector["drains"])
    lags = comparison.lags(projector["drains"], projector["lags"])
    runs = [*listed["latencies"], *searchable["latencies"]]
    loads = [one["load"] for one in (*runs, *projector["drains"])]
    return {
        "machine": f"{projector['machine']}, load average {min(loads):.0f} to {max(loads):.0f}",
        "date": projector["date"],
        "highest": (
            f"This machine sustained {_highest(listed):,} events a second until they were listed, "
            f"and {_highest(searchable):,} until they could be searched."
        ),
        "bench": (
            "Absolute times are those of a busy 2-core machine: read them as what still works "
            "there, and compare rows, not pages."
        ),
        "latencies": _latencies(runs),
        "events": f"{projector['drains'][0]['events']:,}",
        "cpu_small": _cpu(best[10, 1]),
        "cpu_large": _cpu(best[1000, 1]),
        "drains": _by_settings([(one.batch, one.lanes, one.measured) for one in throughputs]),
        "lag_rate": f"{projector['lags'][0]['rate']:,}",
        "lags": _lags(projector["lags"]),
        "shards": _shards(projector["shards"]),
        "given": str(len(comparison.GIVEN)),
        "tolerance": f"{TOLERANCE:.0%}",
        "factor": f"{LAG_FACTOR:g}",
        "verdict": _verdict(throughputs, lags),
        "compared": _compared(throughputs, lags),
        "memory": _memory([*listed["memory"], *searchable["memory"]]),
    }


def _latencies(runs: Sequence[Found]) -> str:
    head = ["201 to", "events/s", "in a request", "p50 s", "p90 s", "p99 s", "max s"]
    rows = [
        [
            *(of, rate, one["size"]),
            *(one["seconds"][place] for place in ("p50", "p90", "p99", "max")),
            *(one["behind"], "yes" if _sustained(one) else "no", one["load"]),
        ]
        for (of, rate), one in sorted(_quietest(runs).items())
    ]
    return table([*head, "requests late by, s", "sustained", "load"], rows)


def _quietest(runs: Sequence[Found]) -> dict[tuple[str, int], Found]:
    """Of the runs of each kind and rate, the one at the lowest load."""
    by_load = sorted(runs, key=lambda one: -one["load"])
    return {(one["of"], one["rate"]): one for one in by_load}


def _sustained(one: Found) -> bool:
    latest: float = max(one["behind"], one["seconds"]["max"])
    return latest <= SUSTAINED_SECONDS[one["of"]]


def _highest(found: Found) -> int:
    quietest = _quietest(found["latencies"]).items()
    return max(rate for (_, rate), one in quietest if _sustained(one))


def _cpu(drain: Found) -> str:
    return f"{1_000 * drain['cpu'] / drain['events']:.2f}"


def _by_settings(values: Sequence[tuple[int, int, float]]) -> str:
    batches, lanes = sorted({one[0] for one in values}), sorted({one[1] for one in values})
    found = {(batch, lane): value for batch, lane, value in values}
    head = ["events/s, batch size", *(f"factor {lane}" for lane in lanes)]
    return table(head, [[str(b), *(found[b, lane] for lane in lanes)] for b in batches])


def _lags(lags: Sequence[Found]) -> str:
    head = ["batch size, factor", "p50", "p90", "p99", "max", "load"]
    places = ("p50", "p90", "p99", "max")
    rows = [
        [f"{one['batch']}, {one['lanes']}"]
        + [f"{1_000 * one['seconds'][place]:,.0f}" for place in places]
        + [f"{one['load']:.0f}"]
        for one in lags
    ]
    return table(head, rows)


def _shards(drains: Sequence[Found]) -> str:
    head = ["`type_shards`", "events/s, each run", "CPU ms an event, each run"]
    counts = sorted({one["shards"] for one in drains})
    by_count = [(count, [one for one in drains if one["shards"] == count]) for count in counts]
    rows = [
        [
            str(count),
            ", ".join(f"{one['events'] / one['seconds']:,.0f}" for one in runs),
            ", ".join(_cpu(one) for one in runs),
        ]
        for count, runs in by_count
    ]
    return table(head, rows)


def _memory(memory: Sequence[Found]) -> str:
    largest: dict[str, int] = {}
    for one in memory:
        largest[one["of"]] = max(one["resident"], largest.get(one["of"], 0))
    rows = [[name, f"{size / _MEGABYTE:,.0f}"] for name, size in sorted(largest.items())]
    return table(["function", "MB"], rows)


def _verdict(throughputs: Sequence[Compared], lags: Sequence[Compared]) -> str:
    predicted = [one for one in throughputs if not one.given]
    close = [one for one in predicted if abs(one.off) <= TOLERANCE]
    near = [one for one in lags if 1 / LAG_FACTOR <= one.predicted / one.measured <= LAG_FACTOR]
    worst = max(predicted, key=lambda one: abs(one.off))
    return (
        f"{len(close)} of {len(predicted)} throughputs are within it and {len(near)} of "
        f"{len(lags)} lags; the worst throughput, of batches of {worst.batch} with factor "
        f"{worst.lanes}, is off by {worst.off:+.0%}. By how much two runs of one setting differ "
        "here, the table of write shards shows."
    )


def _compared(throughputs: Sequence[Compared], lags: Sequence[Compared]) -> str:
    head = ["batch size, factor", "events/s measured", "modelled", "off"]
    rows = zip(_sides(throughputs), _sides(lags), strict=True)
    return table(
        [*head, "lag measured, ms", "modelled", "off"],
        [[*left, *right[1:]] for left, right in rows],
    )


def _sides(compared: Sequence[Compared]) -> Iterator[list[str]]:
    for one in sorted(compared, key=lambda one: (one.batch, one.lanes)):
        off = "given" if one.given else f"{one.off:+.0%}"
        yield [f"{one.batch}, {one.lanes}", f"{one.measured:,.0f}", f"{one.predicted:,.0f}", off]
