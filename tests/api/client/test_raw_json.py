"""JSON taken apart: what comes out is what stood there."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.client.raw_json import items_of, members_of, texts_of, value_of
from tests.builders import characters, json_texts

blanks = st.text(" \t\r\n", max_size=3)
patiently = settings(suppress_health_check=[HealthCheck.too_slow])
names = st.text(characters, max_size=10)


@patiently
@given(st.dictionaries(names, json_texts, max_size=5), blanks)
def test_an_object_comes_apart_into_its_members(members: dict[str, str], blank: str) -> None:
    inside = f"{blank},{blank}".join(
        f"{json.dumps(name)}{blank}:{blank}{text}" for name, text in members.items()
    )
    assert members_of(f"{blank}{{{blank}{inside}{blank}}}{blank}") == members


@patiently
@given(st.lists(json_texts, max_size=5), blanks)
def test_an_array_comes_apart_into_its_items(items: list[str], blank: str) -> None:
    inside = f"{blank},{blank}".join(items)
    assert items_of(f"{blank}[{blank}{inside}{blank}]{blank}") == items


@patiently
@given(st.lists(json_texts, max_size=5))
def test_texts_may_stand_one_after_another(texts: list[str]) -> None:
    assert texts_of("\n".join(texts)) == texts


@pytest.mark.parametrize(
    "text",
    ["", "[", "[1", "[1,", "[1,]", "[1 2]", "[,1]", "[1] 2", "1", "{}", '["a', "[1]]", "nul"],
)
def test_what_is_no_array_is_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        items_of(text)


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "{1:2}", '{"a" 1}', "{} 1", "[]"],
)
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        members_of(text)


def test_a_whole_number_past_the_digits_that_python_reads_is_a_decimal() -> None:
    digits = "7" * 5_000
    assert value_of(f'{{"n":{digits},"m":12}}') == {"n": Decimal(digits), "m": 12}
    with pytest.raises(json.JSONDecodeError):
        value_of("{")
