"""The dashboard that an analyst opens first: what comes in, of which types, from where.

Invariant: the panels fill a grid of 48 columns without overlapping.
"""

from collections.abc import Sequence
from typing import NamedTuple

from infra.dashboards import charts
from infra.dashboards.saved_object import Reference, SavedObject, compact, search_source
from infra.dashboards.saved_searches import ALL, BY_TYPE, CORRELATED, DEGRADED

OVERVIEW = "events-search-overview"
"""The dashboard's id."""

_LINKS = f"""Choose a type, a source or a subject, or click on a bar or a row: all of this follows.

**Look closer:** [All events](discover#/view/{ALL.id}) ·
[By type](discover#/view/{BY_TYPE.id}) ·
[Correlated](discover#/view/{CORRELATED.id}) ·
[Degraded](discover#/view/{DEGRADED.id})

**The API:** [how to use it]({{api}}/docs) · an event's id leads to `GET /events/{{id}}`
"""

_CONTROLS = {"Type": "event.action", "Source": "source", "Subject": "subject"}


class Place(NamedTuple):
    """Where a panel stands on the grid."""

    x: int
    y: int
    w: int
    h: int


def overview(api: str) -> list[SavedObject]:
    """The dashboard and its panels, with links to the API at the address `api`."""
    panels = _panels(api)
    references = [
        Reference(f"panel_{number}", panel.type, panel.id)
        for number, (panel, _) in enumerate(panels)
    ]
    dashboard = SavedObject(
        "dashboard",
        OVERVIEW,
        {
            "title": "Events: overview",
            "description": "What comes in, of which types and from where.",
            "hits": 0,
            "version": 1,
            "panelsJSON": compact(_grid(panels, references)),
            "optionsJSON": compact({"useMargins": True, "hidePanelTitles": False}),
            "timeRestore": True,
            "timeFrom": "now-7d",
            "timeTo": "now",
            "refreshInterval": {"pause": True, "value": 0},
            "kibanaSavedObjectMeta": search_source(reads_index=False),
        },
        tuple(references),
    )
    return [*(panel for panel, _ in panels if panel.type == "visualization"), dashboard]


def _grid(
    panels: Sequence[tuple[SavedObject, Place]], references: Sequence[Reference]
) -> list[dict[str, object]]:
    return [
        {
            "version": "7.9.3",
            "panelIndex": str(number),
            "gridData": {**place._asdict(), "i": str(number)},
            "embeddableConfig": {},
            "panelRefName": reference.name,
        }
        for number, ((_, place), reference) in enumerate(zip(panels, references, strict=True))
    ]


def _panels(api: str) -> list[tuple[SavedObject, Place]]:
    return [
        (
            charts.text("events-search-links", "Where to go", _LINKS.replace("{api}", api)),
            Place(0, 0, 20, 8),
        ),
        (charts.controls("events-search-controls", "Narrow down", _CONTROLS), Place(20, 0, 28, 8)),
        (_totals(), Place(0, 8, 12, 13)),
        (_volume(), Place(12, 8, 36, 13)),
        (
            _ranking("events-search-types", "Top types", field="event.action", label="Type"),
            Place(0, 21, 24, 15),
        ),
        (
            _ranking("events-search-sources", "Top sources", field="source", label="Source"),
            Place(24, 21, 24, 15),
        ),
        (ALL, Place(0, 36, 48, 20)),
    ]


def _totals() -> SavedObject:
    return charts.chart(
        "events-search-totals",
        "Totals",
        kind="metric",
        params={"metric": {"style": {"fontSize": 32}}},
        aggregations=[
            charts.count(),
            charts.distinct("event.action", "Types"),
            charts.distinct("source", "Sources"),
            charts.distinct("labels.correlation_id", "Correlations"),
        ],
    )


def _volume() -> SavedObject:
    """The types are chosen over the whole time, not for each bar anew: that is their order here."""
    return charts.chart(
        "events-search-volume",
        "Events over time, by type",
        kind="histogram",
        params={"addLegend": True, "valueAxes": [{"title": {"text": "Events"}}]},
        aggregations=[
            charts.count(),
            charts.top("event.action", "Type", size=8, schema="group", rest="other types"),
            charts.over_time(),
        ],
    )


def _ranking(id: str, title: str, *, field: str, label: str) -> SavedObject:
    return charts.chart(
        id,
        title,
        kind="table",
        params={"perPage": 10},
        aggregations=[
            charts.count(),
            charts.latest("Last seen"),
            charts.top(field, label, size=100, schema="bucket"),
        ],
    )
