"""Reads what roles and managed policies say out of the template."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.intrinsics import TemplateError, refuse_unknown
from infra.local.resources import Policy, Role, Statement

_STATEMENT = {"Action", "Condition", "Effect", "Resource", "Sid"}
_POLICY = {"Description", "Path", "PolicyDocument"}


def read_role(
    name: str,
    arn: str,
    *,
    properties: Mapping[str, Any],
    policies: Sequence[Mapping[str, Any]],
    keys: Mapping[str, str],
) -> Role:
    """The role with its own policies and those of `policies` that are attached to it.

    `keys` has the ARN of the key that each encrypted table and bucket has, by its own.

    Raises: TemplateError for what the guard would not evaluate.
    """
    if properties.get("ManagedPolicyArns") or properties.get("PermissionsBoundary"):
        raise TemplateError(f"{name} has managed policies, not known here")
    documents = [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
    documents += [one["PolicyDocument"] for one in policies if name in one.get("Roles", ())]
    statements = tuple(read for one in documents for read in read_statements(one))
    return Role(name, arn, statements, keys)


def read_policy(name: str, properties: Mapping[str, Any]) -> Policy:
    """A managed policy that the template attaches to nobody.

    Raises: TemplateError for what the guard would not evaluate.
    """
    refuse_unknown(name, properties, _POLICY)
    return Policy(name, read_statements(properties["PolicyDocument"]))


def read_statements(document: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a policy document.

    Raises: TemplateError for what the guard would not evaluate.
    """
    return tuple(map(_statement, document["Statement"]))


def _statement(given: Mapping[str, Any]) -> Statement:
    refuse_unknown("a policy statement", given, _STATEMENT)
    actions, resources = given["Action"], given["Resource"]
    return Statement(
        given["Effect"],
        tuple([actions] if isinstance(actions, str) else actions),
        tuple([resources] if isinstance(resources, str) else resources),
        _via(given.get("Condition", {})),
    )


def _via(conditions: Mapping[str, Mapping[str, str]]) -> str:
    """The service that a key may be used through; empty where there is no condition.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    if not conditions:
        return ""
    match conditions:
        case {"StringEquals": {"kms:ViaService": str(service), **rest}, **others} if not (
            rest or others
        ):
            return service.partition(".")[0]
    raise TemplateError(f"a policy statement has the condition {conditions}, not evaluated here")
