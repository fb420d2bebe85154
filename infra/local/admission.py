"""API keys, usage plans and throttling: lets authorized requests in as often as the template says.

Invariant: whose key is missing, unknown or used up, and who finds a bucket empty, reaches no
function. The limits apply in the order of API Gateway's documentation: first those of the key, then
those of the stage; what counts up is lost when the stack ends.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

import hmac
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from infra.local.authorization import RefusedError
from infra.local.edge_resources import ALL_METHODS, ApiKey, Edge, UsagePlan
from infra.local.gateway_answers import GatewayError
from infra.local.proxy_event import HttpRequest
from infra.local.resources import Route
from infra.local.throttling import Buckets, Counts

HEADER = "x-api-key"
_INVALID_KEY = GatewayError("INVALID_API_KEY", 403, "Forbidden", "Forbidden")
_THROTTLED = GatewayError("THROTTLED", 429, "Too Many Requests", "TooManyRequests")
_QUOTA_EXCEEDED = GatewayError("QUOTA_EXCEEDED", 429, "Limit Exceeded", "LimitExceeded")

Admit = Callable[[HttpRequest, Route], Mapping[str, str]]
"""What a request's identity gains by its key; raises RefusedError where it is not let in."""


class Admission:
    """Knows the keys' values, by the keys' names, and how much each has been used."""

    def __init__(
        self,
        edge: Edge,
        *,
        values: Mapping[str, str],
        seconds: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._edge = edge
        self._values = values
        self._buckets = Buckets(seconds)
        self._counts = Counts(now)

    def __call__(self, request: HttpRequest, route: Route) -> Mapping[str, str]:
        """What is known of the key, where the route needs one.

        Raises:
            RefusedError: 403 without a key that has a plan, 429 beyond a rate or a quota.
        """
        method = f"{route.path}/{route.method}"
        identity: Mapping[str, str] = {}
        if route.key_required:
            identity = self._use_key(dict(request.headers).get(HEADER, ""), method)
        throttle = self._edge.throttles.get(method) or self._edge.throttles.get(ALL_METHODS)
        if throttle and not self._buckets.take(method, throttle):
            raise RefusedError(_THROTTLED)
        return identity

    def _use_key(self, value: str, method: str) -> Mapping[str, str]:
        key, plan = self._found(value)
        throttle = plan.throttles.get(method)
        if throttle and not self._buckets.take((key, method), throttle):
            raise RefusedError(_THROTTLED)
        if plan.quota and not self._counts.take(key, plan.quota):
            raise RefusedError(_QUOTA_EXCEEDED)
        return {"apiKey": value, "apiKeyId": key.id}

    def _found(self, value: str) -> tuple[ApiKey, UsagePlan]:
        for plan in self._edge.plans:
            for key in plan.keys:
                if hmac.compare_digest(self._values[key.name].encode(), value.encode()):
                    return key, plan
        raise RefusedError(_INVALID_KEY)
