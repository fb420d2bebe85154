"""The canonical form: RFC 8785 where that loses nothing, and never two values with one text."""

from decimal import Decimal

import pytest
from hypothesis import given

from domain.canonical_json import canonical, canonical_number
from tests.builders import number_texts, payload


@pytest.mark.parametrize(
    ("text", "expected"),
    [  # RFC 8785, appendix B, and texts that a double does not hold
        ("0.0", "0"),
        ("-0.0", "0"),
        ("5e-324", "5e-324"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("9007199254740992", "9007199254740992"),
        ("295147905179352830000", "295147905179352830000"),
        ("9.999999999999997e22", "9.999999999999997e+22"),
        ("1E21", "1e+21"),
        ("1000000000000000000000", "1e+21"),
        ("0.000001", "0.000001"),
        ("1e-7", "1e-7"),
        ("-333333333.3333332", "-333333333.3333332"),
        ("1.50", "1.5"),
        ("100", "100"),
        ("9007199254740993", "9007199254740993e0"),
        ("1180591620717411303424", "1180591620717411303424e0"),
        ("1e400", "1e400"),
        ("-10E399", "-1e400"),
        ("1e-400", "1e-400"),
    ],
)
def test_numbers_are_written_as_rfc_8785_has_them_or_keep_their_digits(
    text: str, expected: str
) -> None:
    assert canonical_number(text) == expected
    assert canonical(payload(text).value) == expected


@given(number_texts, number_texts)
def test_numbers_have_one_canonical_text_exactly_if_they_are_equal(a: str, b: str) -> None:
    assert (canonical_number(a) == canonical_number(b)) == (Decimal(a) == Decimal(b))
    assert Decimal(canonical_number(a)) == Decimal(a)


def test_the_rfc_8785_example_comes_out_as_published() -> None:
    text = r"""{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }"""
    expected = (
        r'{"literals":[null,true,false],"numbers":[333333333.33333329e0,1e+30,4.5,0.002,1e-27],'
        r'"string":"€$\u000f\nA' + "'" + r'B\"\\\\\"/"}'
    ).replace("333333333.33333329e0", "33333333333333329e-8")  # not a double: keeps its digits
    assert canonical(payload(text).value) == expected


def test_keys_are_ordered_by_utf_16_units_at_every_depth() -> None:
    text = '[{"\\ufb33":1,"\\ud83d\\ude00":2,"a":{"\\ufb33":3,"\\ud83d\\ude00":4}}]'
    expected = '[{"a":{"😀":4,"\ufb33":3},"😀":2,"\ufb33":1}]'
    assert canonical(payload(text).value) == expected
