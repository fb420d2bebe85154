"""API Gateway's own answers, as RFC 9457 problem documents.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import json
from collections.abc import Mapping

from aws_cdk import aws_apigateway as apigateway

from infra.preflight import shared_headers
from infra.settings import Settings

_MESSAGE = "$context.error.messageString"  # a JSON string already, with its quotes
_Problem = tuple[int | None, str, str]
"""Status, title, and the detail as a JSON text."""
_PROBLEMS: Mapping[str, _Problem] = {
    "BAD_REQUEST_BODY": (400, "Bad Request", _MESSAGE),
    "BAD_REQUEST_PARAMETERS": (400, "Bad Request", _MESSAGE),
    "UNAUTHORIZED": (401, "Unauthorized", _MESSAGE),
    "ACCESS_DENIED": (403, "Forbidden", _MESSAGE),
    "INVALID_SIGNATURE": (403, "Forbidden", _MESSAGE),
    "EXPIRED_TOKEN": (403, "Forbidden", _MESSAGE),
    "INVALID_API_KEY": (403, "Forbidden", '"The request bears no API key of this stage."'),
    "WAF_FILTERED": (403, "Forbidden", '"The firewall blocks the request."'),
    "RESOURCE_NOT_FOUND": (404, "Not Found", _MESSAGE),
    "REQUEST_TOO_LARGE": (413, "Content Too Large", _MESSAGE),
    "UNSUPPORTED_MEDIA_TYPE": (415, "Unsupported Media Type", _MESSAGE),
    "THROTTLED": (429, "Too Many Requests", _MESSAGE),
    "QUOTA_EXCEEDED": (429, "Too Many Requests", _MESSAGE),
    "INTEGRATION_FAILURE": (502, "Bad Gateway", _MESSAGE),
    "INTEGRATION_TIMEOUT": (504, "Gateway Timeout", _MESSAGE),
    # All others keep the status that API Gateway gives them, which no template can name.
    "DEFAULT_4XX": (None, "$context.error.responseType", _MESSAGE),
    "DEFAULT_5XX": (None, "$context.error.responseType", _MESSAGE),
}
_HEADERS = {
    "UNAUTHORIZED": {"WWW-Authenticate": "'Bearer'"},
    "THROTTLED": {"Retry-After": "'1'"},  # by then a token has come in
}
# What API Gateway says of an unsigned request, but also of a route that does not exist.
_UNKNOWN = "MISSING_AUTHENTICATION_TOKEN"
_UNSIGNED = (403, "Forbidden", '"The request is not signed, or there is no such route."')
_NO_ROUTE = (404, "Not Found", '"There is no such route."')


def answer_problems(api: apigateway.RestApi, settings: Settings) -> None:
    """Let the API answer a problem whenever it is not a function that answers."""
    unknown = _UNSIGNED if settings.authorizer == "iam" else _NO_ROUTE
    problems: Mapping[str, _Problem] = {**_PROBLEMS, _UNKNOWN: unknown}
    shared = shared_headers(settings.edge.allowed_origins)
    for name, (status, title, detail) in problems.items():
        known = {"status": status} if status else {}
        head = json.dumps({"type": "about:blank", "title": title, **known})
        api.add_gateway_response(
            f"Problem{name}",
            type=apigateway.ResponseType.of(name),
            status_code=str(status) if status else None,
            response_headers={**_HEADERS.get(name, {}), **shared} or None,
            templates={"application/problem+json": f'{head[:-1]}, "detail": {detail}}}'},
        )
