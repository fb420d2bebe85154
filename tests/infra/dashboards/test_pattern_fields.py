"""A mapping's fields are told to Dashboards in the words that it would find itself."""

from infra.dashboards.pattern_fields import merged, pattern_fields


def test_a_field_is_what_its_mapping_makes_of_it() -> None:
    mapping = {
        "a": {"type": "keyword"},
        "b": {"properties": {"c": {"type": "double"}, "d": {"type": "text"}}},
        "e": {"type": "keyword", "index": False, "doc_values": False},
        "f": {"type": "flat_object"},
        "g": {"type": "object", "dynamic": False},
        "h": {"type": "object", "properties": {}},
    }
    fields = {one["name"]: one for one in pattern_fields(mapping) if one["name"][0] != "_"}
    assert {
        name: (one["type"], one["searchable"], one["aggregatable"], one["readFromDocValues"])
        for name, one in fields.items()
    } == {
        "a": ("string", True, True, True),
        "b.c": ("number", True, True, True),
        "b.d": ("string", True, False, False),
        "e": ("string", False, False, False),
        "f": ("unknown", True, False, False),
    }
    assert fields["b.c"]["esTypes"] == ["double"]


def test_an_index_knows_better_and_more() -> None:
    described = pattern_fields({"a": {"type": "keyword"}})
    found = [{"name": "a", "type": "date"}, {"name": "number.total", "type": "number"}]
    fields = merged(described, found)
    assert [one["name"] for one in fields] == sorted(one["name"] for one in fields)
    by_name = {one["name"]: one for one in fields}
    assert by_name["a"] == {"name": "a", "type": "date", "count": 0, "scripted": False}
    assert by_name["number.total"]["type"] == "number"
    assert {"_id", "_source"} <= set(by_name)
