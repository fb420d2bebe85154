"""A state machine is read out of the template, or refused."""

import json
from typing import Any

import pytest

from infra.local.aws import LocalAws
from infra.local.intrinsics import TemplateError
from infra.local.resources import Role, StateMachine
from infra.local.step_functions.language import read_definition
from infra.local.step_functions.machine_template import read_state_machine

ROLE = Role("role", "arn:role", ())
DEFINITION = '{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1, "Next": "B"}, %s}}'
PROPERTIES: dict[str, Any] = {
    "DefinitionString": DEFINITION % '"B": {"Type": "${Kind}"}',
    "DefinitionSubstitutions": {"Kind": "Succeed"},
    "RoleArn": "arn:role",
    "StateMachineType": "STANDARD",
}


def read(**changes: Any) -> StateMachine:
    return read_state_machine("m", "arn:m", properties=PROPERTIES | changes, role=ROLE)


def test_what_is_to_be_put_into_the_definition_is_put_in() -> None:
    expected = read_definition(json.dumps(json.loads(DEFINITION % '"B": {"Type": "Succeed"}')))
    assert read() == StateMachine("m", "arn:m", expected, ROLE)


@pytest.mark.parametrize(
    "changes", [{"StateMachineType": "EXPRESS"}, {"DefinitionS3Location": {}}], ids=str
)
def test_what_is_not_run_here_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(TemplateError, match="not run here"):
        read(**changes)


def test_no_client_reaches_the_real_step_functions_by_mistake() -> None:
    with pytest.raises(ValueError, match="stepfunctions does not run"):
        LocalAws("http://127.0.0.1:1", "http://127.0.0.1:2", "eu-central-1").client("stepfunctions")
