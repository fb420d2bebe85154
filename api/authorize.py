"""The API's Lambda authorizer: a bearer token → a policy of what its bearer may call.

Invariant: the policy speaks of the whole stage, not of the method that was asked for, because API
Gateway keeps it for the token's next requests.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

from collections.abc import Callable
from typing import Any

from api.scopes import READ, WRITE
from api.tokens import Tokens, UnauthorizedError

_METHODS = {WRITE: "POST", READ: "GET"}

Authorizer = Callable[[dict[str, Any], object], dict[str, Any]]


def build(*, tokens: Tokens) -> Authorizer:
    """The authorizer's handler.

    It raises UnauthorizedError where the answer is to be 401; a token without the scope that a
    method needs gets a policy without that method, and its bearer 403.
    """

    def authorize(request: dict[str, Any], _context: object) -> dict[str, Any]:
        scheme, _, token = request["authorizationToken"].partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthorizedError
        claims = tokens.claims(token.strip())
        stage = "/".join(request["methodArn"].split("/")[:2])
        allowed = [f"{stage}/{_METHODS[scope]}/*" for scope in _METHODS if scope in claims.scopes]
        statement = _statement("Allow", allowed) if allowed else _statement("Deny", [f"{stage}/*"])
        return {
            "principalId": claims.subject,
            "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        }

    return authorize


def _statement(effect: str, resources: list[str]) -> dict[str, Any]:
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resources}
