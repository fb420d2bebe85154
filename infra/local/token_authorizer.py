"""API Gateway's Lambda authorizers of type TOKEN: asks the function, applies the policy it gives.

Invariant: only a policy that allows the very method lets a request in; a function that fails lets
in nobody.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local.authorization import Caller, RefusedError
from infra.local.gateway_answers import GatewayError
from infra.local.iam_actions import Access
from infra.local.iam_authorizer import INVOKE, method_arn
from infra.local.iam_guard import is_allowed
from infra.local.intrinsics import TemplateError
from infra.local.proxy_event import HttpRequest
from infra.local.resources import Api, Route, Statement, TokenAuthorizer
from infra.local.role_template import read_statements
from infra.local.workers import InvokeResult

CUSTOM = "CUSTOM"
_UNAUTHORIZED = GatewayError("UNAUTHORIZED", 401, "Unauthorized", "Unauthorized")
_DENIED = GatewayError(
    *("ACCESS_DENIED", 403, "User is not authorized to access this resource", "AccessDenied")
)
_FAILED = GatewayError("AUTHORIZER_FAILURE", 500, "Internal server error", "AuthorizerFailure")
_MISCONFIGURED = GatewayError(
    *("AUTHORIZER_CONFIGURATION_ERROR", 500, "Internal server error", "AuthorizerConfiguration")
)


@dataclass(frozen=True)
class _Answer:
    """What the function said of a token, and until when that counts."""

    context: dict[str, str]
    statements: tuple[Statement, ...]
    until: float


class TokenAuthorizers:
    """The API's authorizers, with the answers that each has given lately."""

    def __init__(
        self,
        *,
        api: Api,
        region: str,
        invoke: Callable[[str, Any], InvokeResult],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = api
        self._region = region
        self._invoke = invoke
        self._now = now
        self._answers: dict[tuple[str, str], _Answer] = {}
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest, route: Route) -> Caller:
        """The token's principal, who may send the request.

        Raises:
            RefusedError: 401 without a good token, 403 where its policy does not allow the method.
        """
        authorizer = self._api.authorizers[route.authorizer or ""]
        token = dict(request.headers).get(authorizer.header, "")
        if not token or not re.search(authorizer.expression, token):
            raise RefusedError(_UNAUTHORIZED)
        arn = method_arn(request, api=self._api, region=self._region)
        answer = self._answer(authorizer, token, arn)
        if not is_allowed(answer.statements, Access(INVOKE, arn)):
            raise RefusedError(_DENIED)
        return Caller(authorizer=answer.context)

    def _answer(self, authorizer: TokenAuthorizer, token: str, arn: str) -> _Answer:
        now = self._now()
        with self._lock:
            self._answers = {key: one for key, one in self._answers.items() if one.until > now}
            kept = self._answers.get((authorizer.id, token))
        if kept:
            return kept
        event = {"type": "TOKEN", "methodArn": arn, "authorizationToken": token}
        result = self._invoke(authorizer.function, event)
        if result.failed:
            unauthorized = result.json().get("errorMessage") == "Unauthorized"
            raise RefusedError(_UNAUTHORIZED if unauthorized else _FAILED)
        answer = _read(result.json(), until=now + authorizer.ttl)
        with self._lock:
            self._answers[authorizer.id, token] = answer
        return answer


def _read(output: Any, *, until: float) -> _Answer:
    try:
        context = {name: str(value) for name, value in (output.get("context") or {}).items()}
        principal = {"principalId": str(output["principalId"])}
        return _Answer(context | principal, read_statements(output["policyDocument"]), until)
    except (AttributeError, KeyError, TypeError, TemplateError) as error:
        raise RefusedError(_MISCONFIGURED) from error
