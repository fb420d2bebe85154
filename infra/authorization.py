"""How the API's methods ask who calls, by the stage's authorizer."""

from typing import TypedDict

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.caller_settings import CognitoSettings, JwtSettings
from infra.settings import Settings

_TYPES = {
    "iam": apigateway.AuthorizationType.IAM,
    "none": apigateway.AuthorizationType.NONE,
}
_BEARER = r"^[Bb]earer [-0-9A-Za-z._~+/]+=*$"  # RFC 6750, 2.1; anything else is 401 unasked


class _Scoped(TypedDict, total=False):
    authorization_scopes: list[str]


def function_tokens(
    scope: Construct, authorize: lambda_.IFunction, jwt: JwtSettings
) -> apigateway.IAuthorizer:
    """A function that is asked about tokens."""
    return apigateway.TokenAuthorizer(
        scope,
        "Tokens",
        handler=authorize,
        validation_regex=_BEARER,
        results_cache_ttl=Duration.seconds(jwt.cache_seconds),
    )


def user_pool_tokens(
    scope: Construct, pool: cognito.IUserPool, settings: CognitoSettings
) -> apigateway.IAuthorizer:
    """A user pool whose access tokens API Gateway checks itself."""
    return apigateway.CognitoUserPoolsAuthorizer(
        scope,
        "Tokens",
        cognito_user_pools=[pool],
        results_cache_ttl=Duration.seconds(settings.cache_seconds),
    )


def method_options(
    settings: Settings, *, tokens: apigateway.IAuthorizer | None
) -> apigateway.MethodOptions:
    """What every method has; `tokens` is what is asked about tokens, where callers bear some."""
    keys = True if settings.edge.producers else None
    if tokens is not None:
        return apigateway.MethodOptions(authorizer=tokens, api_key_required=keys)
    authorization = _TYPES[settings.authorizer]
    return apigateway.MethodOptions(authorization_type=authorization, api_key_required=keys)


def scoped(scope: str, settings: Settings) -> _Scoped:
    """The scope that a method takes, where API Gateway is the one to look for it.

    Without one it would take identity tokens too, which say who somebody is and not what they may.
    """
    return {"authorization_scopes": [scope]} if settings.cognito else {}
