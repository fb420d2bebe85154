"""The API's resource policy: from which networks it may be called at all.

Invariant: it allows nobody anything that the authorizer does not.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
"""

from aws_cdk import aws_iam as iam

from infra.settings import Settings

_NEED_ALLOWANCE = {"cognito", "none"}
_ANY_METHOD = "execute-api:/*"  # of this API: the policy is part of it


def network_policy(settings: Settings) -> iam.PolicyDocument | None:
    """A denial of every call from elsewhere; None where the stage names no networks.

    An open API is closed by any policy that allows nothing, and one that asks a user pool too, so
    those allow the rest. With IAM an allowance would be enough for principals of this account:
    there is none.
    """
    if not settings.caller_networks:
        return None
    networks = [str(network) for network in settings.caller_networks]
    elsewhere = _invoke(iam.Effect.DENY, {"NotIpAddress": {"aws:SourceIp": networks}})
    rest = [_invoke(iam.Effect.ALLOW, {})] if settings.authorizer in _NEED_ALLOWANCE else []
    return iam.PolicyDocument(statements=[elsewhere, *rest])


def _invoke(effect: iam.Effect, conditions: dict[str, object]) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        effect=effect,
        principals=[iam.AnyPrincipal()],
        actions=["execute-api:Invoke"],
        resources=[_ANY_METHOD],
        conditions=conditions,
    )
