"""What API Gateway answers itself, in the template's words where it has some.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import json
import re
from dataclasses import dataclass

from infra.local.proxy_event import HttpRequest, HttpResponse
from infra.local.resources import Api, GatewayResponse

_VARIABLE = re.compile(r"\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)")
_PLAIN = GatewayResponse(
    status=None,
    templates={"application/json": '{"message":$context.error.messageString}'},
    headers={},
)


@dataclass(frozen=True)
class GatewayError:
    """A response type, and the status and message that API Gateway gives it.

    `exception` names it in the header `x-amzn-ErrorType`, where API Gateway sends one.
    """

    type: str
    status: int
    message: str
    exception: str | None = None


MISSING_AUTHENTICATION_TOKEN = GatewayError(
    "MISSING_AUTHENTICATION_TOKEN",
    403,
    "Missing Authentication Token",
    "MissingAuthenticationToken",
)
NO_SUCH_ROUTE = MISSING_AUTHENTICATION_TOKEN  # it says no more to whom it does not know
REQUEST_TOO_LARGE = GatewayError("REQUEST_TOO_LARGE", 413, "Request Too Long")
INTEGRATION_FAILED = GatewayError("INTEGRATION_FAILURE", 502, "Internal server error")
INTEGRATION_TIMED_OUT = GatewayError("INTEGRATION_TIMEOUT", 504, "Endpoint request timed out")


def gateway_answer(error: GatewayError, request: HttpRequest, *, api: Api) -> HttpResponse:
    """The answer to a request that no function answered."""
    family = f"DEFAULT_{error.status // 100}XX"
    given = api.responses.get(error.type) or api.responses.get(family) or _PLAIN
    [(content_type, template)] = (given.templates or _PLAIN.templates).items()
    values = {
        "error.message": error.message,
        "error.messageString": json.dumps(error.message),
        "error.responseType": error.type,
        "httpMethod": request.method,
        "identity.sourceIp": request.client,
        "path": request.path,
        "requestId": request.id,
        "stage": api.stage,
    }
    body = _VARIABLE.sub(lambda match: values.get(match[1], ""), template)
    headers = [("Content-Type", content_type), *given.headers.items()]
    if error.exception:
        headers.append(("x-amzn-ErrorType", f"{error.exception}Exception"))
    return HttpResponse(given.status or error.status, tuple(headers), body.encode())
