"""API Gateway's own answers, as RFC 9457 problem documents.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import json

from aws_cdk import aws_apigateway as apigateway

from infra.gateway_faults import gateway_problems
from infra.preflight import shared_headers
from infra.settings import Settings

_HEADERS = {
    "UNAUTHORIZED": {"WWW-Authenticate": "'Bearer'"},
    "THROTTLED": {"Retry-After": "'1'"},  # by then a token has come in
}


def answer_problems(api: apigateway.RestApi, settings: Settings, *, named: str | None) -> None:
    """Let the API answer a problem whenever it is not a function that answers.

    Scripts of the origin that is `named` may read it.
    """
    shared = shared_headers(named)
    for name, (status, title, detail) in gateway_problems(settings).items():
        known = {"status": status} if status else {}
        head = json.dumps({"type": "about:blank", "title": title, **known})
        api.add_gateway_response(
            f"Problem{name}",
            type=apigateway.ResponseType.of(name),
            status_code=str(status) if status else None,
            response_headers={**_HEADERS.get(name, {}), **shared} or None,
            templates={"application/problem+json": f'{head[:-1]}, "detail": {detail}}}'},
        )
