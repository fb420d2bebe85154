"""API Gateway's AWS_IAM authorization: whose signature a request has, and may that user invoke?

https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from infra.local.authorization import Caller, RefusedError
from infra.local.gateway_answers import GatewayError
from infra.local.iam_actions import Access
from infra.local.iam_guard import is_allowed
from infra.local.principals import Principal
from infra.local.proxy_event import HttpRequest
from infra.local.resource_names import ACCOUNT, arn
from infra.local.resources import Api, Route
from infra.local.signature import verified_key

AWS_IAM = "AWS_IAM"
INVOKE = "execute-api:Invoke"


class IamAuthorizer:
    """Knows the users that may exist, and asks their policies."""

    def __init__(
        self,
        principals: Sequence[Principal],
        *,
        api: Api,
        region: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._principals = {one.key: one for one in principals}
        self._secrets = {one.key: one.secret for one in principals}
        self._api = api
        self._region = region
        self._now = now

    def __call__(self, request: HttpRequest, _route: Route) -> Caller:
        """The user who signed the request and may send it.

        Raises:
            RefusedError: it is not signed, not by a known key, or its user has no permission.
        """
        key = verified_key(request, secrets=self._secrets, region=self._region, now=self._now())
        principal = self._principals[key]
        access = Access(INVOKE, method_arn(request, api=self._api, region=self._region))
        if not is_allowed(principal.statements, access):
            raise _denied(principal, access)
        return Caller(
            identity={
                "accessKey": key,
                "accountId": ACCOUNT,
                "caller": principal.name,
                "user": principal.name,
                "userArn": principal.arn,
            }
        )


def method_arn(request: HttpRequest, *, api: Api, region: str) -> str:
    """What IAM is asked about: the method and path that were requested.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
    """
    resource = f"{api.id}/{api.stage}/{request.method}{request.path}"
    return arn("execute-api", resource, region=region)


def _denied(principal: Principal, access: Access) -> RefusedError:
    resource = access.resource.replace(ACCOUNT, f"********{ACCOUNT[-4:]}")  # as API Gateway does
    message = (
        f"User: {principal.arn} is not authorized to perform: {access.action} on resource:"
        f" {resource} because no identity-based policy allows the {access.action} action"
    )
    return RefusedError(GatewayError("ACCESS_DENIED", 403, message, "AccessDenied"))
