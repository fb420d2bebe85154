"""JSON kept as its own text: what is accepted comes back exactly, the rest is refused."""

import pytest
from hypothesis import given

from domain.canonical_json import canonical
from domain.errors import InvalidJsonError
from domain.json_text import MAX_DEPTH, JsonText, parse_items
from tests.builders import json_text, json_texts, json_values, payload


@given(json_texts)
def test_a_payload_without_blanks_keeps_its_text(text: str) -> None:
    assert payload(text).text == text


@given(json_values)
def test_blanks_between_tokens_go_and_those_in_strings_stay(value: object) -> None:
    compact = payload(json_text({"a": value, "b": [value, " [ x , y ] : "]}))
    assert payload(_spread(compact.text)).text == compact.text


def _spread(text: str) -> str:
    out, in_string, escaped = [], False, False
    for c in text:
        out.append(c)
        if in_string:
            in_string = escaped or c != '"'
            escaped = c == "\\" and not escaped
        elif c == '"':
            in_string = True
        elif c in "[{,:":
            out.append(" \t\r\n")
        elif c in "}]":
            out.insert(-1, "\n ")
    return "".join(out)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a":1,"a":1}', "the key 'a' stands twice"),
        ('{"p":{"a":1,"\\u0061":2}}', "the key 'a' stands twice"),
        ('{"p":NaN}', "NaN is not a JSON number"),
        ('{"p":[-Infinity]}', "-Infinity is not a JSON number"),
        ('{"p":"\\ud800"}', "\\ud800 is a lone surrogate"),
        ('{"p":{"\\uDfff":1}}', "\\uDfff is a lone surrogate"),
        ('{"p":"\\ud83d\\ud83d\\ude00"}', "\\ud83d is a lone surrogate"),
        ('{"p":1e1234567890123456789}', "exponent has more than 18 digits"),
    ],
)
def test_an_item_that_cannot_be_kept_is_refused_alone(text: str, reason: str) -> None:
    first, second = parse_items(f'[{text},{{"ok":"\\ud83d\\ude00 \\\\ud800"}}]')
    assert isinstance(first, InvalidJsonError)
    assert reason in str(first)
    assert isinstance(second, dict)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON: Expecting value at line 1, column 1"),
        ('{"a":', "not JSON: Expecting value at line 1, column 6"),
        ('{"a" 1}', "not JSON: Expecting ':' delimiter at line 1, column 6"),
        ('{"a":1,}', "not JSON: Expecting a property name at line 1, column 8"),
        ("{a:1}", "not JSON: Expecting a property name at line 1, column 2"),
        ('{"a":1}\n{"a":2}', "not JSON: Extra data at line 2, column 1"),
        ("[1,]", "not JSON: Expecting value at line 1, column 4"),
        ("[1 2]", "not JSON: Expecting ',' delimiter at line 1, column 4"),
        ('{"a":"\n"}', "not JSON: Invalid control character at at line 1, column 7"),
        ("\ufeff{}", "not JSON: Expecting value at line 1, column 1"),
    ],
)
def test_a_text_that_is_not_json_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(InvalidJsonError) as caught:
        parse_items(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_nesting_up_to_the_limit_is_kept_and_any_depth_beyond_is_refused(opening: str) -> None:
    closing = {"[": "]", '{"a":': "}", '[{"a":': "}]"}[opening]
    levels = (MAX_DEPTH - 1) // len(closing)
    text = opening * levels + "1" + closing * levels
    assert payload(text).text == text
    assert canonical(payload(text).value) == text
    for depth in (MAX_DEPTH + 1, 5_000, 100_000):
        with pytest.raises(InvalidJsonError, match="nested more than 256 levels deep"):
            parse_items(opening * depth)


def test_brackets_in_strings_are_no_nesting() -> None:
    text = '"' + "[{" * 1_000 + '\\"["'
    assert payload(text).text == text


def test_an_array_gives_its_items_and_any_other_value_itself() -> None:
    assert parse_items(" [ ] ") == []
    assert parse_items(' [ 1 , "x" ] ') == [JsonText("1", 1), JsonText('"x"', "x")]
    assert parse_items(" 7 ") == [JsonText("7", 7)]
    assert parse_items(' { "a" : [ 1 ] } ') == [{"a": JsonText("[1]", [1])}]
