"""Events and JSON texts for tests, and hypothesis strategies for all that is legal."""

import json
from typing import Any

from hypothesis import strategies as st

from domain.event import NewEvent
from domain.json_text import JsonText, parse_items

characters = st.characters(exclude_categories=["Cs"])
"""Any Unicode character but surrogates."""

ids = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=256)
types = st.text(characters, min_size=1, max_size=256)

number_texts = st.one_of(
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.from_regex(r"-?(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][+-]?\d{1,4})?", fullmatch=True).filter(
        str.isascii
    ),
)


class Number(float):
    """A number that json writes with the text it was made from."""

    def __new__(cls, text: str) -> "Number":
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __repr__(self) -> str:
        return self.text


json_values = st.recursive(
    st.none() | st.booleans() | number_texts.map(Number) | st.text(characters, max_size=20),
    lambda children: (
        st.lists(children, max_size=5)
        | st.dictionaries(st.text(characters, max_size=10), children, max_size=5)
    ),
    max_leaves=20,
)


def json_text(value: Any) -> str:
    """A value's JSON, in which each Number keeps its text."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        members = (f"{json.dumps(k)}:{json_text(v)}" for k, v in value.items())
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(json_text, value))}]"
    return json.dumps(value, ensure_ascii=False)


json_texts = json_values.map(json_text)


def payload(text: str) -> JsonText:
    """A payload out of its JSON text."""
    [item] = parse_items(f'{{"payload":{text}}}')
    assert isinstance(item, dict)
    return item["payload"]


def an_event(id: str = "1", *, payload_text: str = '{"key1":"value1"}', **fields: str) -> NewEvent:
    """A small legal event."""
    texts = {"type": "string", **fields}
    return NewEvent(id=id, payload=payload(payload_text), **texts)  # type: ignore[arg-type]
