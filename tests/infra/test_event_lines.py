"""What commands print of an event: the same JSON, and nothing that acts on a terminal."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from api.client import Event
from infra.event_lines import event_line, indented, visible
from tests.api.client.played import event_json
from tests.builders import json_texts
from tests.stack.local_stack import parse_exactly

patiently = settings(suppress_health_check=[HealthCheck.too_slow])


@patiently
@given(json_texts)
def test_indented_json_is_the_same_json_to_the_digit(text: str) -> None:
    assert parse_exactly(indented(text)) == parse_exactly(text)


def test_indented_json_has_a_member_a_line() -> None:
    text = '{"a":[1.50,{"b":"x, {}\\""}],"c":{},"d":[]}'
    assert indented(text) == (
        '{\n  "a": [\n    1.50,\n    {\n      "b": "x, {}\\""\n    }\n  ],\n'
        '  "c": {},\n  "d": []\n}'
    )


@patiently
@given(json_texts)
def test_what_is_made_visible_is_the_same_json_and_printable(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert json.loads(shown, parse_float=Decimal) == json.loads(text, parse_float=Decimal)


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b31m", "\u202eevil", "\x07", "\u2028"])
def test_no_character_acts_on_the_terminal(text: str) -> None:
    assert visible(text).isprintable()


def test_an_event_is_one_line_of_json_as_it_came() -> None:
    text = event_json(payload='{"n":\n 1.50}')
    assert event_line(Event.of(text), as_json=True) == text.replace("\n", " ")


def test_a_line_for_people_ends_with_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    line = event_line(Event.of(event_json(payload='"' + "x" * 100 + '"')), as_json=False)
    expected = '2026-01-01T00:00:00.000000Z  t  1  "'
    assert line == f"{expected:x<59}…"
