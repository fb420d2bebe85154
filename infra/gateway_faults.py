"""What API Gateway answers itself: response types, and the problem that each is answered as.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from collections.abc import Mapping

from infra.settings import Settings

MESSAGE = "$context.error.messageString"  # a JSON string already, with its quotes
GatewayProblem = tuple[int | None, str, str]
"""Status, title, and the detail as a JSON text."""
_PROBLEMS: Mapping[str, GatewayProblem] = {
    "BAD_REQUEST_BODY": (400, "Bad Request", MESSAGE),
    "BAD_REQUEST_PARAMETERS": (400, "Bad Request", MESSAGE),
    "UNAUTHORIZED": (401, "Unauthorized", MESSAGE),
    "ACCESS_DENIED": (403, "Forbidden", MESSAGE),
    "INVALID_SIGNATURE": (403, "Forbidden", MESSAGE),
    "EXPIRED_TOKEN": (403, "Forbidden", MESSAGE),
    "INVALID_API_KEY": (403, "Forbidden", '"The request bears no API key of this stage."'),
    "WAF_FILTERED": (403, "Forbidden", '"The firewall blocks the request."'),
    "RESOURCE_NOT_FOUND": (404, "Not Found", MESSAGE),
    "REQUEST_TOO_LARGE": (413, "Content Too Large", MESSAGE),
    "UNSUPPORTED_MEDIA_TYPE": (415, "Unsupported Media Type", MESSAGE),
    "THROTTLED": (429, "Too Many Requests", MESSAGE),
    "QUOTA_EXCEEDED": (429, "Too Many Requests", MESSAGE),
    "INTEGRATION_FAILURE": (502, "Bad Gateway", MESSAGE),
    "INTEGRATION_TIMEOUT": (504, "Gateway Timeout", MESSAGE),
    # All others keep the status that API Gateway gives them, which no template can name.
    "DEFAULT_4XX": (None, "$context.error.responseType", MESSAGE),
    "DEFAULT_5XX": (None, "$context.error.responseType", MESSAGE),
}
# What API Gateway says of an unsigned request, but also of a route that does not exist.
_UNKNOWN = "MISSING_AUTHENTICATION_TOKEN"
_UNSIGNED = (403, "Forbidden", '"The request is not signed, or there is no such route."')
_NO_ROUTE = (404, "Not Found", '"There is no such route."')


def gateway_problems(settings: Settings) -> Mapping[str, GatewayProblem]:
    """Every response type's problem; `MESSAGE` stands in it for what API Gateway says."""
    unknown = _UNSIGNED if settings.authorizer == "iam" else _NO_ROUTE
    return {**_PROBLEMS, _UNKNOWN: unknown}
