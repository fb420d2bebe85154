"""Who tells the API what a bearer token is worth: a function of ours, a user pool, or nobody."""

from collections.abc import Mapping
from typing import Protocol

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_apigateway as apigateway

from domain import config
from infra.authorization import function_tokens, user_pool_tokens
from infra.caller_settings import JwtSettings
from infra.function import Function
from infra.function_settings import FunctionSettings
from infra.settings import Settings
from infra.user_pool import user_pool

AUTHORIZE = "api.authorize_handler.handler"


class MakeFunction(Protocol):
    """Makes a function of the stage in its stack, by construct id."""

    def __call__(
        self, id: str, *, handler: str, environment: Mapping[str, str], sizing: FunctionSettings
    ) -> Function: ...


def token_check(
    stack: Stack, *, settings: Settings, function: MakeFunction
) -> apigateway.IAuthorizer | None:
    """The authorizer of a stage whose callers bear tokens; None where they bear none."""
    if settings.jwt:
        return function_tokens(stack, _authorize(settings.jwt, function).target, settings.jwt)
    if settings.cognito:
        pool = user_pool(stack, "UserPool", pool=settings.cognito, settings=settings)
        CfnOutput(stack, "UserPoolId", value=pool.user_pool_id)
        return user_pool_tokens(stack, pool, settings.cognito)
    return None


def _authorize(jwt: JwtSettings, function: MakeFunction) -> Function:
    """It calls nothing of AWS, so nothing is granted to it."""
    return function(
        "Authorize",
        handler=AUTHORIZE,
        environment={
            config.JWT_ISSUER: jwt.issuer,
            config.JWT_AUDIENCE: jwt.audience,
            config.JWT_ALGORITHMS: ",".join(jwt.algorithms),
        },
        sizing=jwt.function,
    )
