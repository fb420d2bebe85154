"""The pictures in docs/images show the template as it is, and can be read."""

import copy
from collections.abc import Sequence
from itertools import combinations
from xml.etree import ElementTree

import pytest

from infra.bundling import ROOT
from infra.diagram.graph import graph
from infra.diagram.layout import WIDTH, Picture, picture
from infra.diagram.svg import THEMES, svg
from tests.infra.template import Template
from tests.infra.variants import Variant

POST = "api.write_handler.handler"
IMAGES = ROOT / "docs" / "images"
_BESIDE_ICON = 48
_BOLD_CHARACTER, _CHARACTER = 8.4, 6.6
"""The width of an average character, in the largest of the fonts that browsers have."""


@pytest.fixture(scope="module")
def drawn(template: Template) -> Picture:
    return picture(graph(template.body))


@pytest.mark.parametrize("theme", THEMES)
def test_the_picture_is_that_of_the_template(drawn: Picture, theme: str) -> None:
    file = IMAGES / f"architecture-{theme}.svg"
    assert file.read_text() == svg(drawn, theme=theme), "draw it anew: python -m infra.diagram"
    assert ElementTree.fromstring(file.read_text()).tag.endswith("svg")  # noqa: S314


def test_the_readme_shows_the_picture_of_the_readers_theme() -> None:
    readme = (ROOT / "README.md").read_text()
    dark = (
        '<source media="(prefers-color-scheme: dark)" srcset="docs/images/architecture-dark.svg">'
    )
    assert dark in readme
    assert 'src="docs/images/architecture-light.svg"' in readme


def test_it_shows_who_calls_what(template: Template) -> None:
    shown = graph(template.body)
    titles = {node.id: node.title for node in shown.nodes}
    edges = {(titles[e.source], titles[e.target]): e.label.split("\n") for e in shown.edges}
    assert edges["API Gateway", "Write"] == ["POST /events"]
    assert edges["API Gateway", "Read"] == [
        *("GET /events", "GET /events/{id}", "GET /search", "GET /types"),
    ]
    assert edges["Write", "Events"] == ["INSERT", "GetItem"]
    assert edges["Read", "Events by type"] == ["Query"]
    assert edges["Events", "By-type projector"] == ["stream"]
    assert edges["By-type projector", "Events by type"] == ["BatchWriteItem"]
    assert ("Write", "Events by type") not in edges


def test_an_alias_is_taken_for_its_function(template: Template) -> None:
    body = copy.deepcopy(template.body)
    functions = template.of_type("AWS::Lambda::Function").items()
    [write] = [id for id, one in functions if one["Properties"]["Handler"] == POST]
    body["Resources"]["Live"] = {
        "Type": "AWS::Lambda::Alias",
        "Properties": {"FunctionName": {"Ref": write}},
    }
    for method in body["Resources"].values():
        if method["Type"] == "AWS::ApiGateway::Method" and write in str(method):
            method["Properties"]["Integration"]["Uri"] = {"Ref": "Live"}
    assert graph(body) == graph(template.body)


def test_every_function_table_bucket_and_machine_is_shown(variants: Sequence[Variant]) -> None:
    kinds = ("DynamoDB::Table", "Lambda::Function", "S3::Bucket", "StepFunctions::StateMachine")
    for one in variants:
        ids = {node.id for node in graph(one.template.body).nodes}
        assert ids >= {id for kind in kinds for id in one.template.of_type(f"AWS::{kind}")}


def test_nothing_hides_anything(variants: Sequence[Variant]) -> None:
    for one in variants:
        places = picture(graph(one.template.body))
        boxes = [(node.title, box) for node, box in places.nodes.values()]
        boxes += [(line.edge.label, line.label) for line in places.lines if line.edge.label]
        hidden = [(a, b) for (a, box), (b, other) in combinations(boxes, 2) if box.meets(other)]
        assert hidden == [], one.name
        for _, box in boxes:
            assert box.x - box.width / 2 > 0
            assert box.x + box.width / 2 < places.width


def test_every_text_fits_its_box(variants: Sequence[Variant]) -> None:
    for one in variants:
        for node, box in picture(graph(one.template.body)).nodes.values():
            assert box.width >= WIDTH
            assert len(node.title) * _BOLD_CHARACTER < box.width - _BESIDE_ICON
            assert len(node.detail) * _CHARACTER < box.width - _BESIDE_ICON


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_stands_out_from_its_ground(theme: str) -> None:
    """https://www.w3.org/TR/WCAG22/#contrast-minimum, and for lines and icons #non-text-contrast"""
    colors = THEMES[theme]
    for ground in ("page", "node"):
        for text in ("text", "soft"):
            assert contrast(colors[text], colors[ground]) >= 4.5
        for name in colors.keys() - {"page", "node", "edge"}:
            assert contrast(colors[name], colors[ground]) >= 3


def contrast(first: str, second: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
