"""Paths, payload templates and intrinsic functions, as Step Functions documents them.

https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from typing import Any

import pytest

from infra.local.step_functions.data import Scope, placed
from infra.local.step_functions.error import StatesError

DATA = {"a": {"b": [1, None]}, "arn": "arn:x:table/T/export/01-ab", "none": None}
SCOPE = Scope(DATA, {"Execution": {"Name": "run 1"}})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", DATA),
        ("$.a.b", [1, None]),
        ("$.none", None),
        ("$$.Execution.Name", "run 1"),
        ("States.Format('{}/{}', $.a.b, 'x, (y)')", "[1, None]/x, (y)"),
        ("States.StringSplit('1/2+3//4', '/+')", ["1", "2", "3", "4"]),
        ("States.ArrayGetItem(States.StringSplit($.arn, '/'), 3)", "01-ab"),
        ("States.Format('{}', States.ArrayGetItem($.a.b, 0))", "1"),
    ],
)
def test_what_a_path_stands_for(path: str, expected: Any) -> None:
    assert SCOPE.look_up(path) == expected


@pytest.mark.parametrize(
    "path",
    ["$.b", "$.arn.b", "$.a.b[0]", "$$.Map", "States.UUID()", "States.ArrayGetItem($.a.b, 2)", ""],
)
def test_what_is_not_there_or_not_run_here_fails_the_execution(path: str) -> None:
    with pytest.raises(StatesError) as caught:
        SCOPE.look_up(path)
    assert caught.value.error == "States.Runtime"


def test_a_template_looks_up_what_ends_in_a_dollar_and_keeps_the_rest() -> None:
    template = {"x": "$.a", "y.$": "$.none", "z": [{"name.$": "$$.Execution.Name"}]}
    assert SCOPE.fill(template) == {"x": "$.a", "y": None, "z": [{"name": "run 1"}]}


def test_a_result_path_replaces_the_input_or_adds_to_it() -> None:
    assert placed(1, into={"a": 2}, at="$") == 1
    assert placed(1, into={"a": 2}, at="$.b") == {"a": 2, "b": 1}


def test_a_state_hands_on_at_most_256_kib() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
    assert placed("x" * (256 * 1024 - 2), into={}, at="$")
    with pytest.raises(StatesError) as caught:
        placed("x" * (256 * 1024 - 1), into={}, at="$")
    assert caught.value.error == "States.DataLimitExceeded"
