"""The tables of docs/cost.md, in Markdown, and the document with them put in.

Invariant: a table stands between `<!-- NAME -->` and `<!-- /NAME -->`; all else is by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
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
from infra.cost.prices import LOOKED_UP, PRICES, REGION
from infra.settings import Settings

RATE = 100
_HOURS = 730
_MILLIONS = RATE * _HOURS * 3600 / 1_000_000
_TRICKLE = 1_000_000 / (_HOURS * 3600)


class MissingTableError(Exception):
    """The document has no place for a table."""


def document(text: str, *, settings: Settings, template: Mapping[str, Any]) -> str:
    """The document's text with every table made anew.

    Raises:
        MissingTableError: the markers of one are not there.
        NoPriceError: the template has a resource without a price.
    """
    for name, table in _tables(settings, template).items():
        before, opened, rest = text.partition(f"<!-- {name} -->\n")
        _, closed, after = rest.partition(f"<!-- /{name} -->")
        if not closed:
            raise MissingTableError(name)
        text = before + opened + table + closed + after
    return text


def _tables(settings: Settings, template: Mapping[str, Any]) -> dict[str, str]:
    standing = idle(template)
    firewall = any(line.price == "WAF web ACL" for line in standing)
    return {
        "million": _million(settings, firewall=firewall),
        "kept": _lines(kept(settings), "one million events, kept for a month"),
        "reads": _reads(settings),
        "idle": _lines(standing, "a month of `prod`, idle"),
        "designs": _designs(settings, standing, firewall=firewall),
        "prices": _prices(),
        "assumptions": _assumptions(settings),
    }


def _million(settings: Settings, *, firewall: bool) -> str:
    columns = [
        written(settings, per_request=events, rate=rate, firewall=firewall)
        for events, rate in ((1, RATE), (25, RATE), (1, _TRICKLE))
    ]
    heads = ("one a request, 100/s", "25 a request, 100/s", "one a request, one million a month")
    rows = [
        (f"{lines[0].price}: {lines[0].what}", *(_money(line.dollars) for line in lines))
        for lines in zip(*columns, strict=True)
    ]
    rows.append(("**together**", *(f"**{_money(total(lines))}**" for lines in columns)))
    return _table(("one million events", *heads), rows)


def _reads(settings: Settings) -> str:
    by_id = total(read(settings, read_units=units.READ_UNITS, events=1))
    page = total(read(settings, read_units=units.PAGE_READ_UNITS, events=50))
    return _table(
        ("one million calls", "cost"),
        [
            ("`GET /events/{id}`", _money(by_id)),
            ("`GET /events?type=`, a page of 50", _money(page)),
        ],
    )


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
            _money(total(writing)),
            _money(total(keeping)),
            _money(total(idling)),
            _money(_MILLIONS * total(writing) + total(idling), cents=False),
            _money(_MILLIONS * total(keeping), cents=False),
        )
        for name, (writing, keeping, idling) in designs.items()
    ]
    heads = ("a million written", "a million kept a month", "a month idle")
    busy = ("a month at 100/s", "more each month, for each such month kept")
    return _table(("design", *heads, *busy), rows)


def _prices() -> str:
    rows = [
        (name, f"${price.dollars:.10f}".rstrip("0").ljust(5, "0"), price.unit, f"`{price.page}`")
        for name, price in PRICES.items()
    ]
    return _table((f"{REGION}, {LOOKED_UP}", "price", "for one", "aws.amazon.com/"), rows)


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
        ("log of an invocation", f"{units.LOG_BYTES} bytes"),
        ("10 ms more of the write function", f"{_money(ten)} for a million requests"),
    ]
    return _table(("unit", "taken as"), rows)


def _lines(lines: Sequence[Line], head: str) -> str:
    rows = [
        (
            ": ".join(filter(None, (line.price, line.what))),
            f"{line.amount:.4g}",
            _money(line.dollars),
        )
        for line in lines
    ]
    rows.append(("**together**", "", f"**{_money(total(lines))}**"))
    return _table((head, "units", "cost"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _money(dollars: float, *, cents: bool = True) -> str:
    """Rounded, and halves up."""
    return f"${dollars + 1e-9:,.2f}" if cents else f"${dollars + 1e-9:,.0f}"
