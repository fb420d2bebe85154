"""API Gateway's proxy event and answer: the parts of both that the functions use.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from domain.event import is_traceparent

Request = dict[str, Any]
Response = dict[str, Any]

Headers = Mapping[str, str]

JSON = "application/json"
NDJSON = "application/x-ndjson"
CLOUD_EVENT = "application/cloudevents+json"
CLOUD_EVENTS = "application/cloudevents-batch+json"

BINARY_MODE = ("ce-id", "ce-source", "ce-specversion", "ce-type")
"""A request with one of these headers is a CloudEvent in binary mode, if perhaps a broken one."""


def json_response(status: int, body: str, **headers: str) -> Response:
    """An answer with a JSON text as body; a header's `_` stands for `-`.

    Content-Type and Cache-Control may be given other values.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "statusCode": status,
        "headers": {"Content-Type": JSON, "Cache-Control": "no-store", **named},
        "body": body,
    }


def header(request: Request, name: str) -> str | None:
    """A request header's value, by its name in lower case."""
    headers: dict[str, str] = request.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), None)


def headers_of(request: Request) -> Headers:
    """The request's headers by their names in lower case; of one that stands twice, the last."""
    given: dict[str, str] = request.get("headers") or {}
    return {name.lower(): value for name, value in given.items()}


def header_values(request: Request) -> dict[str, list[str]]:
    """Every value of each header, by their names in lower case."""
    given: dict[str, list[str]] = request.get("multiValueHeaders") or {}
    values: dict[str, list[str]] = {}
    for name, some in given.items():
        values.setdefault(name.lower(), []).extend(some)
    return values


def matches(if_none_match: str | None, etag: str) -> bool:
    """RFC 9110, 13.1.2: any of the listed tags, compared weakly, or `*`."""
    tags = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return bool(tags & {etag, "*"})


def traceparent(headers: Headers) -> str | None:
    """The trace that the caller runs in; a header that is none is ignored, as W3C has it.

    https://www.w3.org/TR/trace-context/#processing-model
    """
    given = headers.get("traceparent")
    return given if given and is_traceparent(given) else None


def address(request: Request) -> str:
    """This API's address as the client reached it, with its stage or base path, if it has one."""
    context = request["requestContext"]
    below = request["resource"].count("/")
    base = "/".join(context["path"].split("/")[:-below])
    return f"{header(request, 'x-forwarded-proto') or 'https'}://{context['domainName']}{base}"


def event_path(request: Request, id: str) -> str:
    """The path of one event's own URI, below the path under which this API was reached."""
    base = request["requestContext"]["path"].removesuffix("/")
    if id in {".", ".."}:  # a path segment of dots does not survive URI normalization (RFC 3986)
        return f"{base}?id={id}"
    return f"{base}/{quote(id, safe='')}"


def page_links(
    request: Request, following: str | None, previous: str | None = None
) -> dict[str, str]:
    """The neighbours' addresses as a header (RFC 8288): the same query, with their cursors."""
    path, query = request["requestContext"]["path"], request["multiValueQueryStringParameters"]
    links = [
        f'<{path}?{urlencode((query or {}) | {"cursor": [cursor]}, doseq=True)}>; rel="{relation}"'
        for relation, cursor in (("next", following), ("prev", previous))
        if cursor is not None
    ]
    return {"Link": ", ".join(links)} if links else {}


def principal(request: Request) -> str | None:
    """Who sent the request, as the API's authorizer has established it.

    That is a token's subject, of a Lambda authorizer or a user pool, or else who signed, an ARN.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
    """
    context = request["requestContext"]
    authorizer = context.get("authorizer") or {}
    subject: str | None = authorizer.get("principalId") or authorizer.get("claims", {}).get("sub")
    return subject or (context.get("identity") or {}).get("userArn")
