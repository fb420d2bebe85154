"""The API's resource policy: from which networks it may be called at all.

Invariant: it allows nobody anything that the authorizer does not.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
"""

import re
from collections.abc import Iterator

from aws_cdk import aws_iam as iam

from api.routes import PAGES
from infra.settings import Settings

_NEED_ALLOWANCE = {"cognito", "none"}
_ANY_METHOD = "execute-api:/*"  # of this API: the policy is part of it


def network_policy(settings: Settings) -> iam.PolicyDocument | None:
    """A denial of every call from elsewhere; None where the stage names no networks.

    A method that asks nobody is closed by any policy that does not allow it, and one that asks a
    user pool too, so those are allowed. With IAM an allowance would be enough for principals of
    this account: there is none.
    """
    if not settings.caller_networks:
        return None
    networks = [str(network) for network in settings.caller_networks]
    elsewhere: dict[str, object] = {"NotIpAddress": {"aws:SourceIp": networks}}
    statements = [_invoke(iam.Effect.DENY, _ANY_METHOD, conditions=elsewhere)]
    if open_methods := list(_open_methods(settings)):
        statements.append(_invoke(iam.Effect.ALLOW, *open_methods))
    return iam.PolicyDocument(statements=statements)


def _open_methods(settings: Settings) -> Iterator[str]:
    """What is open to all, or to all but for the tokens of a user pool.

    A `*` stands for slashes too, so only what follows all of a path's names is left to one: else an
    event with the id `docs` could be read by whoever signs as anybody of this account.
    """
    if settings.authorizer in _NEED_ALLOWANCE:
        yield _ANY_METHOD
        return
    if settings.edge.allowed_origins or settings.explorer:
        yield f"execute-api:/{settings.stage}/OPTIONS/*"
    if settings.api_docs == "open":
        for route in PAGES:
            path = re.sub("{[^}]*}$", "*", route.path)
            yield f"execute-api:/{settings.stage}/{route.method}{path}"


def _invoke(
    effect: iam.Effect, *resources: str, conditions: dict[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        effect=effect,
        principals=[iam.AnyPrincipal()],
        actions=["execute-api:Invoke"],
        resources=list(resources),
        conditions=conditions or {},
    )
