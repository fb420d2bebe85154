"""The canonical text that decides whether two JSON values say the same (RFC 8785, made lossless).

Invariant: equal canonical texts mean equal JSON values, numbers compared as decimals.
"""

import json
import math
import re
from functools import partial

# An exact number travels through the parser and the serializer as a string between two marks. No
# string of an accepted text holds a lone surrogate, so nothing else can look like one.
_MARK = "\udfff"

_NUMBER = re.compile(r"-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?")

# Made once, and without the check for cycles, which nothing that was parsed has: a batch calls 500
# times.
_encoder = partial(
    json.JSONEncoder, ensure_ascii=False, check_circular=False, separators=(",", ":")
)
_dumps, _sorted_dumps = _encoder().encode, _encoder(sort_keys=True).encode


def canonical(value: object) -> str:
    """The canonical text of a parsed value: equal texts mean equal JSON values.

    RFC 8785 (JCS), but for numbers whose RFC 8785 form denotes another decimal value (2**53 + 1,
    1e400): those keep their digits, as `<digits>e<exponent>` without leading or trailing zeros.
    """
    text = _sorted_dumps(value)
    if not text.isascii() and _is_above_the_basic_plane(text):
        text = _dumps(_sorted_by_utf16(value))
    if _MARK in text:
        text = text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "")
    return text


def marked_number(text: str) -> str:
    """A number's text as a value that `canonical` writes out as `canonical_number` has it."""
    return f"{_MARK}{canonical_number(text)}{_MARK}"


def canonical_number(text: str) -> str:
    """A JSON number's canonical text: as RFC 8785 (ECMAScript) has it where that is lossless.

    >>> canonical_number("1.50"), canonical_number("1E400"), canonical_number("9007199254740993")
    ('1.5', '1e400', '9007199254740993e0')
    """
    value = float(text)
    digits, exponent = _significant(text)
    if _is_shortest(value, (digits, exponent)):
        return _ecmascript(digits, exponent, negative=value < 0)
    return f"{'-' if text.startswith('-') else ''}{digits}e{exponent}"


def fits_double(text: str) -> bool:
    """Whether a JSON number's nearest double, written as short as it can be, is that number."""
    return _is_shortest(float(text), _significant(text))


def _is_shortest(value: float, significant: tuple[str, int]) -> bool:
    return math.isfinite(value) and _significant(repr(value)) == significant


def _significant(text: str) -> tuple[str, int]:
    """The digits d without zeros around them and the exponent e, where the number is ±d·10^e."""
    match = _NUMBER.fullmatch(text)
    assert match is not None  # noqa: S101  # the JSON parser found a number here
    whole, fraction, exponent = match[1], match[2] or "", match[3] or "0"
    all_digits = whole + fraction
    digits = all_digits.rstrip("0")
    zeros = len(all_digits) - len(digits)
    digits = digits.lstrip("0")
    return (digits, int(exponent) - len(fraction) + zeros) if digits else ("", 0)


def _ecmascript(digits: str, exponent: int, *, negative: bool) -> str:
    """ECMA-262, Number::toString, steps 6 to 11, with n as `point`."""
    if not digits:
        return "0"
    count, point = len(digits), len(digits) + exponent
    if count <= point <= 21:  # noqa: PLR2004  # the standard's own bounds
        text = digits + "0" * exponent
    elif 0 < point <= 21:  # noqa: PLR2004  # as above
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:  # noqa: PLR2004  # as above
        text = f"0.{'0' * -point}{digits}"
    else:
        mantissa = digits if count == 1 else f"{digits[0]}.{digits[1:]}"
        text = f"{mantissa}e{point - 1:+d}"
    return f"-{text}" if negative else text


def _is_above_the_basic_plane(text: str) -> bool:
    """Whether a character takes two units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)


def _sorted_by_utf16(value: object) -> object:
    """RFC 8785 orders keys by UTF-16 units, Python by code points: they differ above U+FFFF."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {key: _sorted_by_utf16(value[key]) for key in keys}
    if isinstance(value, list):
        return [_sorted_by_utf16(item) for item in value]
    return value
