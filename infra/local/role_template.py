"""Reads what a role's policies say out of the template."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.intrinsics import TemplateError, refuse_unknown
from infra.local.resources import Role, Statement

_STATEMENT = {"Action", "Effect", "Resource", "Sid"}


def read_role(
    name: str, arn: str, *, properties: Mapping[str, Any], policies: Sequence[Mapping[str, Any]]
) -> Role:
    """The role with its own policies and those of `policies` that are attached to it.

    Raises: TemplateError for what the guard would not evaluate.
    """
    if properties.get("ManagedPolicyArns") or properties.get("PermissionsBoundary"):
        raise TemplateError(f"{name} has managed policies, not known here")
    documents = [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
    documents += [one["PolicyDocument"] for one in policies if name in one.get("Roles", ())]
    statements = [read for one in documents for read in map(_statement, one["Statement"])]
    return Role(name, arn, tuple(statements))


def _statement(given: Mapping[str, Any]) -> Statement:
    refuse_unknown("a policy statement", given, _STATEMENT)
    actions, resources = given["Action"], given["Resource"]
    return Statement(
        given["Effect"],
        tuple([actions] if isinstance(actions, str) else actions),
        tuple([resources] if isinstance(resources, str) else resources),
    )
