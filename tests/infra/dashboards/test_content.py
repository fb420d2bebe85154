"""The saved objects keep the rules by which Dashboards takes and shows them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.dashboards.content import content
from infra.dashboards.pattern_fields import UNKNOWN, pattern_fields
from infra.dashboards.saved_object import WRITTEN_FOR, SavedObject, ndjson
from projections.search_template import envelope_properties

API = "https://api.test/prod"
FIELDS = pattern_fields(envelope_properties())
OBJECTS = content(FIELDS, api=API)
BY_NAME = {field["name"]: field for field in FIELDS}
JSON_ATTRIBUTES = {
    *("fields", "fieldFormatMap", "visState", "uiStateJSON"),
    *("panelsJSON", "optionsJSON", "searchSourceJSON"),
}
GRID_COLUMNS = 48


def one(id: str) -> SavedObject:
    [found] = [saved for saved in OBJECTS if saved.id == id]
    return found


def of(kind: str) -> list[SavedObject]:
    return [saved for saved in OBJECTS if saved.type == kind]


def decoded(value: Any, name: str = "") -> Any:
    """Attributes with the JSON in their strings read too."""
    if isinstance(value, str) and name in JSON_ATTRIBUTES:
        return json.loads(value)
    if isinstance(value, dict):
        return {key: decoded(inner, key) for key, inner in value.items()}
    return value


def names_of_references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.endswith("RefName"):
                yield inner
            yield from names_of_references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names_of_references(inner)


def aggregations() -> Iterator[tuple[str, Any]]:
    for chart in of("visualization"):
        for aggregation in decoded(chart.attributes)["visState"]["aggs"]:
            yield chart.id, aggregation


def test_every_line_is_an_object_of_a_layout_that_every_dashboards_knows() -> None:
    lines = [json.loads(line) for line in ndjson(OBJECTS).splitlines()]
    assert [(line["type"], line["id"]) for line in lines] == [(o.type, o.id) for o in OBJECTS]
    for line in lines:
        assert line["migrationVersion"] == {line["type"]: WRITTEN_FOR[line["type"]]}
        assert set(line) == {"type", "id", "attributes", "references", "migrationVersion"}


def test_ids_are_our_own_and_the_same_each_time() -> None:
    ids = [(saved.type, saved.id) for saved in OBJECTS]
    assert len(set(ids)) == len(ids)
    assert all(saved.id.startswith("events-search") for saved in OBJECTS)
    assert ndjson(content(FIELDS, api=API)) == ndjson(OBJECTS)


def test_a_reference_leads_to_an_object_that_stands_before() -> None:
    before: set[tuple[str, str]] = set()
    for saved in OBJECTS:
        assert {(to.type, to.id) for to in saved.references} <= before
        before.add((saved.type, saved.id))


@pytest.mark.parametrize("saved", OBJECTS, ids=lambda saved: saved.id)
def test_attributes_name_their_references_and_no_others(saved: SavedObject) -> None:
    named = sorted(names_of_references(decoded(saved.attributes)))
    assert named == sorted(reference.name for reference in saved.references)


@pytest.mark.parametrize("saved", OBJECTS, ids=lambda saved: saved.id)
def test_an_attribute_holds_no_id_of_another_object_but_in_links(saved: SavedObject) -> None:
    if saved.type in {"search", "dashboard"}:
        text = json.dumps(saved.attributes)
        assert [other.id for other in OBJECTS if f'"{other.id}' in text] == []


def test_the_index_pattern_has_the_time_and_all_fields_of_the_mapping() -> None:
    attributes = decoded(one("events-search").attributes)
    assert (attributes["title"], attributes["timeFieldName"]) == ("events-search", "@timestamp")
    assert attributes["fields"] == FIELDS
    assert {"event.id", "labels.correlation_id", "payload", "_source"} <= set(BY_NAME)
    assert [name for name, field in BY_NAME.items() if field["type"] == UNKNOWN] == ["payload"]
    assert BY_NAME["@timestamp"]["type"] == "date"


def test_formats_are_for_fields_that_exist() -> None:
    attributes = decoded(one("events-search").attributes)
    assert set(attributes["fieldFormatMap"]) <= set(BY_NAME)


def test_an_id_leads_to_its_event_whatever_characters_it_has() -> None:
    link = decoded(one("events-search").attributes)["fieldFormatMap"]["event.id"]
    assert link["params"]["urlTemplate"] == f"{API}/events?id={{{{value}}}}"


def test_a_search_shows_and_sorts_by_fields_that_exist() -> None:
    for search in of("search"):
        assert set(search.attributes["columns"]) <= set(BY_NAME), search.id
        for field, order in search.attributes["sort"]:
            assert BY_NAME[field]["aggregatable"], search.id
            assert order in {"asc", "desc"}


@pytest.mark.parametrize(("chart", "aggregation"), list(aggregations()))
def test_a_chart_aggregates_what_can_be_aggregated(chart: str, aggregation: dict[str, Any]) -> None:
    params = aggregation["params"]
    if aggregation["type"] == "count":
        assert "field" not in params
        return
    field = BY_NAME[params["field"]]
    assert field["aggregatable"]
    if aggregation["type"] in {"date_histogram", "max"}:
        assert field["type"] == "date"
    if aggregation["type"] == "terms":
        assert params["orderBy"] == "1"  # the count, which stands first


def test_a_control_lists_values_that_can_be_listed() -> None:
    params = decoded(one("events-search-controls").attributes)["visState"]["params"]
    fields = [control["fieldName"] for control in params["controls"]]
    assert fields == ["event.action", "source", "subject"]
    assert all(BY_NAME[field]["aggregatable"] for field in fields)


def test_the_panels_fill_the_grid_without_overlapping() -> None:
    panels = decoded(one("events-search-overview").attributes)["panelsJSON"]
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridData"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        taken |= cells
        assert place["i"] == panel["panelIndex"]
    rows = {y for _, y in taken}
    assert taken == {(x, y) for x in range(GRID_COLUMNS) for y in rows}
    assert rows == set(range(len(rows)))


def test_the_dashboard_shows_what_the_first_day_asks_for() -> None:
    shown = {reference.id for reference in one("events-search-overview").references}
    assert shown == {
        *("events-search-links", "events-search-controls", "events-search-totals"),
        *("events-search-volume", "events-search-types", "events-search-sources"),
        "events-search-all",
    }


def test_links_lead_to_searches_that_exist_and_to_the_api() -> None:
    text = decoded(one("events-search-links").attributes)["visState"]["params"]["markdown"]
    searches = [f"discover#/view/{search.id})" for search in of("search")]
    assert [link for link in searches if link not in text] == []
    assert f"({API}/docs)" in text
