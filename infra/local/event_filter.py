"""Lambda's event filtering: does a record match a FilterCriteria pattern?

Follows "Control which events Lambda sends to your function" and "Using event filtering with a
DynamoDB event source". Invariant: `matches` never raises on a pattern that `check_pattern` accepts.
"""

import json
import operator
from collections.abc import Callable
from typing import Any, NamedTuple


class PatternError(ValueError):
    """A filter pattern that Lambda would refuse."""


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether every field of the pattern matches the event (a record, as the function gets it)."""
    return all(_field_matches(name, rule, event) for name, rule in pattern.items())


def check_pattern(pattern: object) -> None:
    """Refuse what Lambda refuses when the mapping is created.

    Raises:
        PatternError: the pattern is malformed or uses an operator that Lambda does not list.
    """
    if not isinstance(pattern, dict):
        raise PatternError(f"a filter pattern is an object, not {pattern!r}")
    for name, rule in pattern.items():
        if isinstance(rule, dict):
            check_pattern(rule)
        elif not isinstance(rule, list) or not rule:
            raise PatternError(f"filter field {name!r} needs an object or a list, not {rule!r}")
        elif name == "$or":
            for option in rule:
                check_pattern(option)
        elif not all(_is_scalar(test) or _is_operation(test) for test in rule):
            raise PatternError(f"filter field {name!r} has an unknown or malformed test: {rule!r}")


def _field_matches(name: str, rule: Any, event: dict[str, Any]) -> bool:
    if name == "$or" and isinstance(rule, list):
        return any(matches(option, event) for option in rule)
    values = _values(event.get(name, []))
    if isinstance(rule, dict):
        # An absent object is like an empty one: {"exists": false} below it holds.
        objects = [value for value in values if isinstance(value, dict)] or [{}]
        return any(matches(rule, value) for value in objects)
    leaves = [value for value in values if not isinstance(value, dict)]
    return any(_leaves_match(test, leaves) for test in rule)


def _values(value: Any) -> list[Any]:
    """An array matches by any of its elements."""
    if not isinstance(value, list):
        return [value]
    return [inner for element in value for inner in _values(element)]


def _leaves_match(test: Any, leaves: list[Any]) -> bool:
    if not isinstance(test, dict):
        return any(_equal(test, leaf) for leaf in leaves)
    ((name, argument),) = test.items()
    if name == "exists":
        return bool(leaves) is argument
    return any(_OPERATORS[name].holds(argument, leaf) for leaf in leaves)


def _equal(expected: object, leaf: object) -> bool:
    """Numbers are compared by their text too: 300 is not 300.0, and true is not 1."""
    return json.dumps(expected) == json.dumps(leaf)


def _anything_but(excluded: Any, leaf: object) -> bool:
    if isinstance(excluded, dict):
        return not _leaves_match(excluded, [leaf])
    return not any(_equal(one, leaf) for one in _values(excluded))


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _numeric(limits: list[Any], leaf: Any) -> bool:
    # DynamoDB's numbers are strings in a record, which no numeric operator matches.
    pairs = zip(limits[::2], limits[1::2], strict=True)
    return _is_number(leaf) and all(_COMPARISONS[sign](leaf, limit) for sign, limit in pairs)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _is_operation(test: Any) -> bool:
    if not isinstance(test, dict) or len(test) != 1:
        return False
    ((name, argument),) = test.items()
    if name == "exists":
        return isinstance(argument, bool)
    return name in _OPERATORS and _OPERATORS[name].accepts(argument)


def _is_exclusion(argument: Any) -> bool:
    if isinstance(argument, dict):
        return argument.keys() <= {"prefix", "suffix"} and _is_operation(argument)
    return _is_scalar(argument) or (
        isinstance(argument, list) and bool(argument) and all(map(_is_scalar, argument))
    )


def _is_limits(argument: Any) -> bool:
    if not isinstance(argument, list) or len(argument) not in {2, 4}:
        return False
    signs, limits = argument[::2], argument[1::2]
    known = all(_is_text(sign) and sign in _COMPARISONS for sign in signs)
    return known and all(map(_is_number, limits))


class _Operator(NamedTuple):
    accepts: Callable[[Any], bool]
    holds: Callable[[Any, Any], bool]


_OPERATORS = {
    "anything-but": _Operator(_is_exclusion, _anything_but),
    "equals-ignore-case": _Operator(
        _is_text, lambda text, leaf: _is_text(leaf) and leaf.casefold() == text.casefold()
    ),
    "numeric": _Operator(_is_limits, _numeric),
    "prefix": _Operator(_is_text, lambda text, leaf: _is_text(leaf) and leaf.startswith(text)),
    "suffix": _Operator(_is_text, lambda text, leaf: _is_text(leaf) and leaf.endswith(text)),
}
