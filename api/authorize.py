"""The API's Lambda authorizer: a bearer token → a policy of what its bearer may call.

Invariant: the policy speaks of the whole stage, not of the method that was asked for, because API
Gateway keeps it for the token's next requests.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

import re
from collections.abc import Callable
from typing import Any

from api.handling import Context
from api.routes import PAGES, ROUTES
from api.tokens import Claims, Tokens, UnauthorizedError
from domain.metrics import REJECTED, REJECTED_BY_REASON, Measured
from domain.telemetry import Telemetry

_PARAMETER = re.compile(r"\{[^}]*\}")
_METHODS = {
    scope: tuple(
        f"{route.method}{_PARAMETER.sub('*', route.path)}"
        for route in (*ROUTES, *PAGES)
        if route.scope == scope
    )
    for scope in dict.fromkeys(route.scope for route in ROUTES)
}
"""The methods and paths that a scope is for, as API Gateway names them in ARNs."""

Authorizer = Callable[[dict[str, Any], Context], dict[str, Any]]


def build(*, tokens: Tokens, telemetry: Telemetry) -> Authorizer:
    """The authorizer's handler.

    It raises UnauthorizedError where the answer is to be 401; a token without the scope that a
    method needs gets a policy without that method, and its bearer 403.
    """

    def authorize(request: dict[str, Any], context: Context) -> dict[str, Any]:
        with telemetry.logger.append_context_keys(correlation_id=context.aws_request_id):
            try:
                claims = _claims(request["authorizationToken"], tokens)
            except UnauthorizedError as error:
                reason = type(error.__cause__ or error).__name__
                telemetry.logger.info("token refused", reason=reason)
                refused = (REJECTED, None), (REJECTED_BY_REASON, "unauthorized")
                telemetry.emit(Measured(refused))
                raise
            telemetry.logger.info("token accepted", scopes=sorted(claims.scopes & _METHODS.keys()))
        return _policy(claims, request["methodArn"])

    return authorize


def _claims(authorization: str, tokens: Tokens) -> Claims:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise UnauthorizedError
    return tokens.claims(token.strip())


def _policy(claims: Claims, method_arn: str) -> dict[str, Any]:
    stage = "/".join(method_arn.split("/")[:2])
    allowed = [
        f"{stage}/{method}"
        for scope, methods in _METHODS.items()
        if scope in claims.scopes
        for method in methods
    ]
    statement = _statement("Allow", allowed) if allowed else _statement("Deny", [f"{stage}/*"])
    return {
        "principalId": claims.subject,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }


def _statement(effect: str, resources: list[str]) -> dict[str, Any]:
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resources}
