"""JSON kept as its own text.

Invariant: nothing is rounded or lost. A text that Python would read differently from how it was
written (a repeated key, NaN, a lone surrogate) is refused instead.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]  # absent from typeshed only

from domain.canonical_json import marked_number
from domain.errors import InvalidJsonError

MAX_DEPTH = 256
"""Nested arrays and objects; the parser's own stack ends somewhere above that."""

_BLANK = re.compile(r"[ \t\n\r]*")
_ANY_BLANK = re.compile(r"[ \t\n\r]")
# Without a group, so that `findall` gives whole matches and runs no Python code for each.
_STRING_OR_OTHER = re.compile(r'"(?:[^"\\]+|\\.)*+"|[^" \t\n\r]+')
_TO_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)

_MAX_EXPONENT_DIGITS = 18
_INTEGER_DIGITS_HELD_BY_A_DOUBLE = 15


@dataclass(frozen=True, slots=True)
class JsonText:
    """One JSON value: `text` as it was sent without insignificant white space, `value` parsed.

    `value` is for `canonical_json.canonical`, which knows its marked numbers, and for looking at
    strings and shapes; never for arithmetic.
    """

    text: str
    value: object


def parse_items(text: str) -> list[dict[str, JsonText] | JsonText | InvalidJsonError]:
    """A text that is a JSON array or one value → its items (of one value: itself, alone).

    An object comes as its members, another value as its text, and an item that is well-formed but
    cannot be kept exactly as the error that says why, so that its neighbours are not refused.

    Raises:
        InvalidJsonError: the text as a whole is not JSON (RFC 8259), or is nested too deeply.
    """
    # A pass over the strings, once for all events: what is not in them decides much at once.
    structure = _outside_strings(text)
    _refuse_deep_nesting(structure)
    reader = _Reader(text, has_blanks=_ANY_BLANK.search(structure) is not None)
    try:
        return list(reader.items())
    except json.JSONDecodeError as error:
        raise InvalidJsonError(
            f"not JSON: {error.msg}", line=error.lineno, column=error.colno
        ) from error
    except RecursionError as error:
        raise InvalidJsonError(f"nested more than {MAX_DEPTH} levels deep") from error


class _Reader:
    """Reads items and members one by one, so that each value's own text can be cut out."""

    def __init__(self, text: str, *, has_blanks: bool) -> None:
        self._text = text
        self._has_blanks = has_blanks
        self._fault: str | None = None
        self._may_hold_surrogates = _SURROGATE_ESCAPE.search(text) is not None
        self._decode = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._integer,
            parse_float=self._decimal,
            parse_constant=self._constant,
        ).raw_decode

    def items(self) -> Iterator[dict[str, JsonText] | JsonText | InvalidJsonError]:
        at = self._skip(0)
        if self._text[at : at + 1] != "[":
            item, at = self._item(at)
            yield item
        else:
            for start in self._separated(at, end="]"):
                item, self._at = self._item(start)
                yield item
            at = self._at
        at = self._skip(at)
        if at != len(self._text):
            raise json.JSONDecodeError("Extra data", self._text, at)

    def _item(self, at: int) -> tuple[dict[str, JsonText] | JsonText | InvalidJsonError, int]:
        self._fault = None
        item: dict[str, JsonText] | JsonText
        if self._text[at : at + 1] == "{":
            item, end = self._members(at)
        else:
            item, end = self._value(at)
        if self._may_hold_surrogates and self._fault is None:
            self._note_lone_surrogates(at, end)
        return (item if self._fault is None else InvalidJsonError(self._fault)), end

    def _members(self, at: int) -> tuple[dict[str, JsonText], int]:
        members: dict[str, JsonText] = {}
        for start in self._separated(at, end="}"):
            if self._text[start : start + 1] != '"':
                raise json.JSONDecodeError("Expecting a property name", self._text, start)
            name, colon = scanstring(self._text, start + 1, True)
            colon = self._skip(colon)
            if self._text[colon : colon + 1] != ":":
                raise json.JSONDecodeError("Expecting ':' delimiter", self._text, colon)
            if name in members:
                self._note(f"the key {name!r} stands twice in one object")
            members[name], self._at = self._value(self._skip(colon + 1))
        return members, self._at

    def _separated(self, at: int, *, end: str) -> Iterator[int]:
        """Where each comma-separated part starts; the caller leaves the part's end in `_at`."""
        at = self._skip(at + 1)
        if self._text[at : at + 1] == end:
            self._at = at + 1
            return
        while True:
            yield at
            at = self._skip(self._at)
            if self._text[at : at + 1] == end:
                self._at = at + 1
                return
            if self._text[at : at + 1] != ",":
                raise json.JSONDecodeError("Expecting ',' delimiter", self._text, at)
            at = self._skip(at + 1)

    def _value(self, at: int) -> tuple[JsonText, int]:
        try:
            value, end = self._decode(self._text, at)
        except StopIteration as stop:
            raise json.JSONDecodeError("Expecting value", self._text, stop.value) from None
        text = self._text[at:end]
        return JsonText(_without_blanks(text) if self._has_blanks else text, value), end

    def _skip(self, at: int) -> int:
        if not self._has_blanks:
            return at
        found = _BLANK.match(self._text, at)
        assert found is not None  # noqa: S101  # the pattern matches the empty text
        return found.end()

    def _note(self, fault: str) -> None:
        self._fault = self._fault or fault

    def _note_lone_surrogates(self, start: int, end: int) -> None:
        for escape in _ESCAPE.finditer(self._text, start, end):
            if escape[1]:
                self._note(f"\\{escape[1]} is a lone surrogate, which is not a Unicode character")

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) != len(pairs):
            counts = Counter(name for name, _ in pairs)
            repeated = next(name for name, count in counts.items() if count > 1)
            self._note(f"the key {repeated!r} stands twice in one object")
        return members

    def _constant(self, name: str) -> None:
        self._note(f"{name} is not a JSON number")

    def _integer(self, text: str) -> object:
        if len(text) <= _INTEGER_DIGITS_HELD_BY_A_DOUBLE:
            return int(text)
        return self._exact(text)

    def _decimal(self, text: str) -> object:
        value = float(text)
        if repr(value) == text and "e" not in text and not text.endswith(".0"):
            return value  # Python and RFC 8785 write it alike
        return self._exact(text)

    def _exact(self, text: str) -> str:
        exponent = text.lower().partition("e")[2].lstrip("+-0")
        if len(exponent) > _MAX_EXPONENT_DIGITS:
            self._note(f"a number's exponent has more than {_MAX_EXPONENT_DIGITS} digits")
            return ""
        return marked_number(text)


def _outside_strings(text: str) -> str:
    """What stands between the strings; a third of the instructions that a pattern would take."""
    no_escaped_quotes = text.replace("\\\\", "").replace('\\"', "")
    return "".join(no_escaped_quotes.split('"')[::2])


def _without_blanks(text: str) -> str:
    return "".join(_STRING_OR_OTHER.findall(text))


def _refuse_deep_nesting(structure: str) -> None:
    """Innermost pairs are taken away together, level by level; no bracket is looked at alone.

    A batch of 500 events has thousands of brackets: to walk over them is a tenth of its CPU time.
    """
    if structure.count("[") + structure.count("{") <= MAX_DEPTH:
        return
    others = structure.encode(errors="surrogatepass")  # no bracket is in a surrogate's bytes
    brackets, depth = others.translate(_TO_SQUARE, _NO_BRACKETS), 0
    while b"[]" in brackets and depth <= MAX_DEPTH:
        brackets, depth = brackets.replace(b"[]", b""), depth + 1
    # What is left is in no pair: that text is not JSON, but the parser must not go down there.
    if depth > MAX_DEPTH or brackets.count(b"[") > MAX_DEPTH:
        raise InvalidJsonError(f"nested more than {MAX_DEPTH} levels deep")
