"""Filters: which events they let through."""

import pytest

from infra.event_match import Match, UnreadableFilterError, matches

EVENT = r"""{"id":"1","type":"t","source":"/s=1","payload":{"country":"FR","total":10.50,
"big":1e400,"tiny":1e-999999999999999999,"paid":true,"gone":null,"a.b":{"c=d":"x"},"lines":[{"sku":"s1"},
{"sku":"s2","n":[1,2]}],"text":"10","":"nothing"}}"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type=t", True),
        ("type=T", False),
        ("source=/s=1", True),
        ("payload.country=FR", True),
        ("payload.country=DE", False),
        ("payload.total=10.5", True),
        ("payload.total=1.05e1", True),
        ("payload.total=10.500000000000000000001", False),
        ("payload.big=10e399", True),
        ("payload.paid=true", True),
        ("payload.paid=1", False),
        ("payload.gone=null", True),
        ("payload.none=null", False),
        ("payload.text=10", True),
        ("payload.text=10.0", False),
        (r"payload.a\.b.c\=d=x", True),
        ("payload.a.b.c=x", False),
        ("payload.lines.sku=s2", True),
        ("payload.lines.n=2", True),
        ("payload.lines.sku=s3", False),
        ("payload.=nothing", True),
        ("payload=x", False),
        ("payload.country.x=FR", False),
    ],
)
def test_a_filter_lets_through_what_has_its_value_there(text: str, expected: bool) -> None:
    assert matches(EVENT, [Match.of(text)]) is expected


def test_all_filters_must_let_an_event_through() -> None:
    country, other = Match.of("payload.country=FR"), Match.of("type=other")
    assert matches(EVENT, [])
    assert matches(EVENT, [country, country])
    assert not matches(EVENT, [country, other])


def test_a_number_beyond_exact_decimals_is_compared_as_it_is_written() -> None:
    text = "1e-9999999999999999990"
    assert matches(f'{{"payload":{text}}}', [Match.of(f"payload={text}")])


@pytest.mark.parametrize("text", ["", "payload", "=x", r"payload\=x"])
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFilterError, match="write PATH=VALUE"):
        Match.of(text)
