"""Requests as API Gateway hands them to a function, made from a recorded one."""

import base64
import json
from pathlib import Path
from typing import Any

PROBLEMS = "https://abcdefghij.execute-api.eu-central-1.amazonaws.com/dev/problems"
"""What the types of problems begin with, as such a request reached the API."""

_RECORDED = Path(__file__).parent / "events" / "api_gateway_request.json"


def post(
    body: str | bytes,
    *,
    content_type: str | None = "application/json",
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """POST /events; the API's binary media types make API Gateway send every body in base64."""
    request: dict[str, Any] = json.loads(_RECORDED.read_text())
    raw = body.encode() if isinstance(body, str) else body
    request |= {"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}
    if content_type is None:
        del request["headers"]["Content-Type"]
    else:
        request["headers"]["Content-Type"] = content_type
    return _with(request, headers or {})


def get(
    resource: str,
    *,
    id: str | None = None,
    headers: dict[str, str] | None = None,
    method: str = "GET",
    **query: str | list[str],
) -> dict[str, Any]:
    """GET of a resource; `id` is the path parameter, percent-encoded as sent. `from_` is `from`."""
    request: dict[str, Any] = json.loads(_RECORDED.read_text())
    values = {
        name.rstrip("_"): value if isinstance(value, list) else [value]
        for name, value in query.items()
    }
    request |= {
        "httpMethod": method,
        "resource": resource,
        "pathParameters": None if id is None else {"id": id},
        "multiValueQueryStringParameters": values or None,
    }
    request["requestContext"]["path"] = "/dev" + resource.replace("{id}", id or "")
    return _with(request, headers or {})


def _with(request: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """The request with these headers beside its own, once in each of the two forms."""
    request["headers"] |= headers
    request["multiValueHeaders"] = {name: [text] for name, text in request["headers"].items()}
    return request
