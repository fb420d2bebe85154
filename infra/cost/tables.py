"""The tables of the documents: what `prod` costs, as its settings and its template are now."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.cost import units
from infra.cost.idle import idle
from infra.cost.lines import (
    Line,
    kept,
    read,
    replaced,
    replaced_kept,
    streamed,
    streamed_kept,
    total,
    written,
)
from infra.cost.markdown import money, table
from infra.cost.prices import LOOKED_UP, PRICES, REGION
from infra.cost.search import LEAST_UNITS, SIZES, capacity, nodes
from infra.cost.sizes import PAYLOADS, taken
from infra.settings import Settings

RATE = 100
_HOURS = 730
_MILLIONS = RATE * _HOURS * 3600 / 1_000_000
_TRICKLE = 1_000_000 / (_HOURS * 3600)


def tables(settings: Settings, template: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The tables of each document, by the name in their markers.

    Raises:
        NoPriceError: the template has a resource without a price.
    """
    standing = idle(template)
    firewall = any(line.price == "WAF web ACL" for line in standing)
    computed = {
        "million": _million(settings, firewall=firewall),
        "kept": _lines(kept(settings), "one million events, kept for a month"),
        "sizes": _sizes(),
        "reads": _reads(settings),
        "idle": _lines(standing, "a month of `prod`, idle"),
        "search": _search(),
        "designs": _designs(settings, standing, firewall=firewall),
        "prices": _prices(),
        "assumptions": _assumptions(settings),
    }
    month = {"month": _month(settings, standing, firewall=firewall)}
    return {"docs/cost.md": computed, "docs/deploy.md": month}


def _month(settings: Settings, standing: Sequence[Line], *, firewall: bool) -> str:
    keeping = _MILLIONS * total(kept(settings))
    busy = (
        _MILLIONS * total(written(settings, per_request=events, rate=RATE, firewall=firewall))
        + total(standing)
        for events in (1, 25)
    )
    rows = [
        ("idle", money(total(standing))),
        *(
            (f"{RATE} events a second, {what}", money(cost, cents=False))
            for what, cost in zip(("one a request", "25 a request"), busy, strict=True)
        ),
        ("more for each such month that is kept", money(keeping, cents=False)),
    ]
    return table((f"a month of `prod`, {REGION}", "cost"), rows)


def _million(settings: Settings, *, firewall: bool) -> str:
    columns = [
        written(settings, per_request=events, rate=rate, firewall=firewall)
        for events, rate in ((1, RATE), (25, RATE), (1, _TRICKLE))
    ]
    heads = ("one a request, 100/s", "25 a request, 100/s", "one a request, one million a month")
    rows = [
        (f"{lines[0].price}: {lines[0].what}", *(money(line.dollars) for line in lines))
        for lines in zip(*columns, strict=True)
    ]
    rows.append(("**together**", *(f"**{money(total(lines))}**" for lines in columns)))
    return table(("one million events", *heads), rows)


def _sizes() -> str:
    """Units and bytes of an event, by its payload."""
    rows = []
    for name, payload_bytes in PAYLOADS.items():
        one = taken(payload_bytes)
        writes = Line("", "DynamoDB writes", one.log_writes + one.row_writes)
        kept_bytes = one.log_bytes + one.row_bytes
        numbers = (one.log_writes, one.row_writes, f"{one.reads:g}", f"{kept_bytes:,}")
        rows.append((name, *map(str, numbers), money(writes.dollars)))
    heads = ("write units: log", "by type", "read units: by id", "bytes kept", "a million written")
    return table(("payload", *heads), rows)


def _reads(settings: Settings) -> str:
    by_id = total(read(settings, read_units=units.READ_UNITS, events=1))
    page = total(read(settings, read_units=units.PAGE_READ_UNITS, events=50))
    return table(
        ("one million calls", "cost"),
        [
            ("`GET /events/{id}`", money(by_id)),
            ("`GET /events?type=`, a page of 50", money(page)),
        ],
    )


def _search() -> str:
    """A month of what holds the search projection, while nobody uses it."""
    rows = [
        (
            what,
            f"{size.instance_count} {size.instance_type}, {size.storage_gb} GB each",
            money(total(list(nodes(size))), cents=False),
        )
        for what, size in SIZES.items()
    ]
    for what, standby in (("a collection", "ENABLED"), ("a collection in one zone", "DISABLED")):
        units = f"{LEAST_UNITS[standby]:g} OCUs at least"
        rows.append((what, units, money(total([capacity(standby)]), cents=False)))
    return table((f"a month of search, {REGION}", "size", "cost"), rows)


def _designs(settings: Settings, standing: Sequence[Line], *, firewall: bool) -> str:
    ours = {
        name: (
            written(settings, per_request=events, rate=RATE, firewall=firewall),
            kept(settings),
            standing,
        )
        for name, events in (("this one", 1), ("this one, 25 a request", 25))
    }
    stream_hours = [Line("", "Kinesis stream, on demand", _HOURS)]
    designs = ours | {
        "the one before": (replaced(settings), replaced_kept(), []),
        "Kinesis and Firehose": (streamed(1), streamed_kept(), stream_hours),
        "Kinesis and Firehose, 25 a request": (streamed(25), streamed_kept(), stream_hours),
    }
    rows = [
        (
            name,
            money(total(writing)),
            money(total(keeping)),
            money(total(idling)),
            money(_MILLIONS * total(writing) + total(idling), cents=False),
            money(_MILLIONS * total(keeping), cents=False),
        )
        for name, (writing, keeping, idling) in designs.items()
    ]
    heads = ("a million written", "a million kept a month", "a month idle")
    busy = ("a month at 100/s", "more each month, for each such month kept")
    return table(("design", *heads, *busy), rows)


def _prices() -> str:
    rows = [
        (name, f"${price.dollars:.10f}".rstrip("0").ljust(5, "0"), price.unit, f"`{price.page}`")
        for name, price in PRICES.items()
    ]
    return table((f"{REGION}, {LOOKED_UP}", "price", "for one", "aws.amazon.com/"), rows)


def _assumptions(settings: Settings) -> str:
    ten = total([Line("", "Lambda time, arm64", 10_000 * settings.write.memory_mb / 1024)])
    rows = [
        ("item in the log", f"{units.LOG_ITEM_BYTES} bytes, {units.LOG_WRITE_UNITS} write unit"),
        ("row by type", f"{units.ROW_BYTES} bytes, {units.ROW_WRITE_UNITS} write unit"),
        ("item and index before", f"{units.REPLACED_WRITE_UNITS} write units"),
        ("event by id", f"{units.READ_UNITS} read units"),
        ("page of 50", f"{units.PAGE_READ_UNITS:g} read units"),
        ("write function, one event", f"{units.WRITE_MILLISECONDS[1]} ms, assumed"),
        ("write function, 25 events", f"{units.WRITE_MILLISECONDS[25]} ms, assumed"),
        ("projector, one batch", f"{units.PROJECT_MILLISECONDS} ms, assumed"),
        ("read function", f"{units.READ_MILLISECONDS} ms, assumed"),
        ("log of an invocation", f"{units.LOG_BYTES:,} bytes"),
        ("access log of a request", f"{units.ACCESS_LOG_BYTES} bytes, estimated from its fields"),
        ("10 ms more of the write function", f"{money(ten)} for a million requests"),
    ]
    return table(("unit", "taken as"), rows)


def _lines(lines: Sequence[Line], head: str) -> str:
    rows = [
        (
            ": ".join(filter(None, (line.price, line.what))),
            f"{line.amount:.4g}",
            money(line.dollars),
        )
        for line in lines
    ]
    rows.append(("**together**", "", f"**{money(total(lines))}**"))
    return table((head, "units", "cost"), rows)
