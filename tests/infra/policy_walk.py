"""Walks every policy statement of a template, wherever it stands, and tells what is wrong with it.

Found by the key `Statement`: a new kind of policy is walked without being named here. Policies are
of three kinds: what a principal may (`may`), who may assume a role (`assumed`), and who is let in
by a resource (`lets in`).
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from tests.infra import policy_reasons as reasons
from tests.infra.template import Template

_OF_PRINCIPALS = {"IAM::Policy", "IAM::ManagedPolicy", "IAM::Role"}
_THIS_ACCOUNT = {"aws:sourceaccount", "aws:sourcearn", "kms:encryptioncontext:aws:logs:arn"}
_ROOT = "arn:AWS::Partition:iam::AWS::AccountId:root"
_COMPLEMENTS = ("NotAction", "NotPrincipal", "NotResource")
_STATEMENT = '"Statement"'
_POOL = "cognito-identity.amazonaws.com:aud"
_ANYONE = ({"AWS": "*"}, "*")


@dataclass(frozen=True)
class Statement:
    """One statement: where it stands, what else is in its document, and its text."""

    where: str
    type: str
    kind: Literal["may", "assumed", "lets in"]
    body: dict[str, Any]
    beside: list[dict[str, Any]]

    @property
    def actions(self) -> list[str]:
        return _listed(self.body.get("Action", []))

    @property
    def allows(self) -> bool:
        return bool(self.body["Effect"] == "Allow")


def statements(template: Template) -> Iterator[Statement]:
    """All of a template's statements."""
    for name, resource in template.body["Resources"].items():
        type = resource["Type"].removeprefix("AWS::")
        for keys, document in _documents(resource.get("Properties", {}), ()):
            beside = _listed(document["Statement"])
            kind: Literal["may", "assumed", "lets in"] = "lets in"
            if "AssumeRolePolicyDocument" in keys:
                kind = "assumed"
            elif type in _OF_PRINCIPALS:
                kind = "may"
            yield from (Statement(name, type, kind, one, beside) for one in beside)


def wildcards(template: Template) -> set[tuple[str, str]]:
    """Each action that a principal may do on a resource with a wildcard."""
    return {
        (action, on)
        for statement in statements(template)
        if statement.kind == "may" and statement.allows
        for action in statement.actions
        for on in map(template.named, _listed(statement.body.get("Resource", [])))
        if "*" in on or "?" in on
    }


def wildcard_actions(one: Statement) -> set[tuple[str, str]]:
    """What a statement allows by a pattern, with the kind of its policy."""
    return {(one.type, action) for action in one.actions if "*" in action or "?" in action}


def faults(template: Template) -> list[str]:
    """What no reason is given for, in words."""
    found = [f"{action} on {on}" for action, on in wildcards(template) - reasons.WILDCARDS.keys()]
    for one in statements(template):
        rules = {"may": _may, "assumed": _assumed, "lets in": _lets_in}
        wrong = [*_anywhere(one), *(rules[one.kind](one, template) if one.allows else ())]
        found += [f"{one.where} ({one.type}): {what}" for what in wrong]
    return [*found, *_permissions(template), *_managed(template)]


def _anywhere(one: Statement) -> Iterator[str]:
    yield from (f"{key} grants what is not named" for key in _COMPLEMENTS if key in one.body)
    if one.allows:
        unexplained = wildcard_actions(one) - reasons.WILDCARD_ACTIONS.keys()
        yield from (f"wildcard action {action}" for _, action in unexplained)


def _may(one: Statement, template: Template) -> Iterator[str]:
    if "Resource" not in one.body:
        yield "no resource"
    for on in map(template.named, _listed(one.body.get("Resource", []))):
        if on == "*" or fnmatchcase("log", on):
            for change in reasons.LOG_CHANGES:
                if any(fnmatchcase(f"dynamodb:{change}", action) for action in one.actions):
                    yield f"{change} on the log"


def _assumed(one: Statement, template: Template) -> Iterator[str]:
    yield from (f"assumed by {who}" for who in assumers(one, template) - reasons.ASSUMED_BY.keys())
    signed_in = "Federated" in one.body["Principal"] and _POOL in str(one.body.get("Condition"))
    if one.actions != ["sts:AssumeRoleWithWebIdentity" if signed_in else "sts:AssumeRole"]:
        yield f"assumed with {one.actions}"


def assumers(one: Statement, template: Template) -> set[str]:
    """Who may assume a role: services, identity pools, or principals that this account lets."""
    principal = one.body["Principal"]
    if lets_own_account_in(one, template):
        return {"this account"}
    if isinstance(principal, dict) and set(principal) in ({"Service"}, {"Federated"}):
        return {who for named in principal.values() for who in _listed(named)}
    return {str(principal)}


def _lets_in(one: Statement, template: Template) -> Iterator[str]:
    principal = one.body["Principal"]
    if principal in _ANYONE:
        denied = any(other["Effect"] == "Deny" for other in one.beside)
        for action in one.actions:
            if not denied or (one.type, action) not in reasons.OPEN_TO_ALL:
                yield f"anyone may {action}"
    elif set(principal) == {"Service"}:
        yield from _lets_service_in(one, template)
    elif lets_own_account_in(one, template) and one.type in reasons.OWN_ACCOUNT:
        return
    else:
        yield f"lets in {principal}"


def lets_in(one: Statement, template: Template) -> set[tuple[str, str, str]]:
    """Each service that a resource's policy lets in, with the policy's kind and the action."""
    services = map(template.named, _listed(one.body["Principal"]["Service"]))
    return {(one.type, service, action) for service in services for action in one.actions}


def lets_own_account_in(one: Statement, template: Template) -> bool:
    """Whether a resource's policy leaves it to this account's IAM who may."""
    principal = one.body["Principal"]
    return set(principal) == {"AWS"} and template.named(principal["AWS"]) == _ROOT


def _lets_service_in(one: Statement, template: Template) -> Iterator[str]:
    for _, service, action in lets_in(one, template) - reasons.LET_IN.keys():
        yield f"{service} may {action}"
    conditions = one.body.get("Condition", {}).values()
    if not _THIS_ACCOUNT & {key.lower() for keys in conditions for key in keys}:
        yield f"{one.body['Principal']} may act for any account"


def _permissions(template: Template) -> Iterator[str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"""
    for name, resource in template.of_type("AWS::Lambda::Permission").items():
        given = resource["Properties"]
        if given["Principal"] not in reasons.INVOKED_BY or "SourceArn" not in given:
            yield f"{name}: {given['Principal']} may invoke for {given.get('SourceArn')}"
        if given["Action"] != "lambda:InvokeFunction":
            yield f"{name}: {given['Principal']} may {given['Action']}"


def _managed(template: Template) -> Iterator[str]:
    """A policy that AWS manages grants what AWS adds to it."""
    for name, role in template.of_type("AWS::IAM::Role").items():
        for arn in role["Properties"].get("ManagedPolicyArns", ()):
            yield f"{name}: has {template.named(arn)}"


def _documents(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each policy document in a value, with the keys that lead to it."""
    if isinstance(value, list):
        for item in value:
            yield from _documents(item, keys)
    elif isinstance(value, dict) and _STATEMENT in (text := _joined(value)):
        yield from _documents(json.loads(text), keys)
    elif isinstance(value, dict):
        if any("Effect" in one for one in _listed(value.get("Statement", []))):
            yield keys, value  # and not a firewall's rule, whose statement has none
        for key, item in value.items():
            yield from _documents(item, (*keys, key))
    elif isinstance(value, str) and _STATEMENT in value:
        raise AssertionError(f"a policy as text, which nobody walks: {keys}")


def _joined(value: dict[str, Any]) -> str:
    """The text that CloudFormation joins, with what it puts in left as a word."""
    parts = value.get("Fn::Join", ["", []])[1]
    return "".join(part if isinstance(part, str) else "reference" for part in parts)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
