"""How the API's methods ask who calls, by the stage's authorizer."""

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.settings import Settings

_TYPES = {
    "iam": apigateway.AuthorizationType.IAM,
    "none": apigateway.AuthorizationType.NONE,
}
_BEARER = r"^[Bb]earer [-0-9A-Za-z._~+/]+=*$"  # RFC 6750, 2.1; anything else is 401 unasked


def method_options(
    scope: Construct, settings: Settings, *, authorize: lambda_.IFunction | None
) -> apigateway.MethodOptions:
    """What every method has; `authorize` is the function that is asked about tokens, if one is."""
    if settings.jwt is None or authorize is None:
        return apigateway.MethodOptions(authorization_type=_TYPES[settings.authorizer])
    tokens = apigateway.TokenAuthorizer(
        scope,
        "Tokens",
        handler=authorize,
        validation_regex=_BEARER,
        results_cache_ttl=Duration.seconds(settings.jwt.cache_seconds),
    )
    return apigateway.MethodOptions(authorizer=tokens)
