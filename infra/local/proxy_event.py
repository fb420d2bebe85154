"""An HTTP request as the event of API Gateway's Lambda proxy integration, and the answer back.

Invariant: path and path parameters are passed on percent-encoded, as sent; the query is decoded
once.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import binascii
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl

from infra.local.resources import Api, Route

Headers = tuple[tuple[str, str], ...]


class MalformedAnswerError(Exception):
    """A function's answer is not what a Lambda proxy integration must give."""


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came over the wire: `path` percent-encoded, `query` without the `?`."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    client: str
    protocol: str = "HTTP/1.1"
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class HttpResponse:
    """A response as it goes over the wire."""

    status: int
    headers: Headers
    body: bytes


def proxy_event(
    request: HttpRequest,
    route: Route,
    parameters: Mapping[str, str],
    *,
    api: Api,
    identity: Mapping[str, Any],
    authorizer: Mapping[str, Any],
) -> dict[str, Any]:
    """The event of a request on a route; `parameters` are the path's, as sent.

    `identity` and `authorizer` are what the method's authorizer says of the caller.
    """
    headers = _grouped((*request.headers, *_forwarded(request)))
    query = _grouped(parse_qsl(request.query, keep_blank_values=True, errors="replace"))
    accepted = dict(request.headers).get("content-type", "application/json")
    binary = bool(request.body) and _is_binary(accepted, api.binary_media_types)
    body = (
        base64.b64encode(request.body).decode()
        if binary
        else request.body.decode("utf-8", "replace")
    )
    return {
        "resource": route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(parameters) or None,
        "stageVariables": None,
        "requestContext": {
            **_context(request, route, api, identity),
            **({"authorizer": dict(authorizer)} if authorizer else {}),
        },
        "body": body or None,
        "isBase64Encoded": binary,
    }


def http_response(answer: Any, *, api: Api) -> HttpResponse:
    """A function's answer as a response.

    Raises: MalformedAnswerError.
    """
    try:
        status = int(answer["statusCode"])
        single = {str(k): [_text(v)] for k, v in (answer.get("headers") or {}).items()}
        many = answer.get("multiValueHeaders") or {}
        multiple = {str(k): [_text(v) for v in values] for k, values in many.items()}
        body = (answer.get("body") or "").encode("utf-8", "replace")
        headers = single | multiple
        kind = next((v[-1] for k, v in headers.items() if k.lower() == "content-type"), None)
        if answer.get("isBase64Encoded") and _is_binary(kind or "*/*", api.binary_media_types):
            body = base64.b64decode(body, validate=True)
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error) as error:
        raise MalformedAnswerError(str(error)) from error
    default = () if kind else (("Content-Type", "application/json"),)
    flat = tuple((name, value) for name, values in headers.items() for value in values)
    return HttpResponse(status, (*flat, *default), body)


def _context(
    request: HttpRequest, route: Route, api: Api, identity: Mapping[str, Any]
) -> dict[str, Any]:
    now = datetime.now(UTC)
    agent = dict(request.headers).get("user-agent")
    return {
        "accountId": "000000000000",
        "apiId": api.id,
        "domainName": dict(request.headers).get("host", "localhost"),
        "httpMethod": request.method,
        "identity": {"sourceIp": request.client, "userAgent": agent, **identity},
        "path": request.path,
        "protocol": request.protocol,
        "requestId": request.id,
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": time.time_ns() // 1_000_000,
        "resourceId": route.resource_id,
        "resourcePath": route.path,
        "stage": api.stage,
    }


def _forwarded(request: HttpRequest) -> Headers:
    port = dict(request.headers).get("host", "").rpartition(":")[2]
    return (
        ("X-Forwarded-For", request.client),
        ("X-Forwarded-Port", port if port.isdigit() else "80"),
        ("X-Forwarded-Proto", "http"),
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _is_binary(media_type: str, binary_media_types: tuple[str, ...]) -> bool:
    plain = media_type.partition(";")[0].strip().lower()
    return any(fnmatchcase(plain, pattern.lower()) for pattern in binary_media_types)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise TypeError(f"a header's value is {type(value).__name__}")
    return str(value)
