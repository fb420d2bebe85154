"""Reads a state machine out of the template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
"""

from collections.abc import Mapping
from typing import Any

from infra.local.intrinsics import TemplateError, refuse_unknown
from infra.local.resources import Role, StateMachine
from infra.local.step_functions.language import read_definition

_KNOWN = {"DefinitionString", "DefinitionSubstitutions", "RoleArn", "StateMachineType"}
_PASSED_OVER = {"LoggingConfiguration", "Tags", "TracingConfiguration"}


def read_state_machine(
    name: str, arn: str, *, properties: Mapping[str, Any], role: Role
) -> StateMachine:
    """The state machine with its definition.

    Raises: TemplateError for what is not run here.
    """
    refuse_unknown(name, properties, _KNOWN | _PASSED_OVER)
    if properties["StateMachineType"] != "STANDARD":
        raise TemplateError(f"{name} is {properties['StateMachineType']}, which is not run here")
    substitutions = properties.get("DefinitionSubstitutions", {})
    definition = read_definition(properties["DefinitionString"], substitutions)
    return StateMachine(name, arn, definition, role)
