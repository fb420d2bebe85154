"""Requests of browsers from other origins (CORS): closed, but to the origins that a stage names.

Invariant: an answer names the one origin that asked, if it is among them, and never `*`; whether it
does depends on the request, so caches are told. Cookies play no part: callers sign or bear tokens.
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Collection

from api.handling import Context, Handler
from api.http import Request, Response, header

_A_DAY = 86_400  # browsers ask again sooner: Chromium after two hours
_METHODS = "GET, POST"
_REQUEST_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, Prefer, Traceparent, "
    "X-Amz-Content-Sha256, X-Amz-Date, X-Amz-Security-Token, X-Api-Key"
)
_ANSWER_HEADERS = "ETag, Link, Location, Preference-Applied, Retry-After, X-Amzn-RequestId"


def allowing(origins: Collection[str], handler: Handler) -> Handler:
    """The handler, with its answers readable to scripts of these origins.

    Preflight requests are answered here: 204, with what a script may send if its origin may.
    """
    if not origins:
        return handler

    def handle(request: Request, context: Context) -> Response:
        origin = header(request, "origin")
        allowed = origin if origin in origins else None
        if request["httpMethod"] == "OPTIONS":
            from api.methods import answer_otherwise  # noqa: PLC0415  # browsers ask seldom

            told = answer_otherwise(request)
            return {**told, "headers": told["headers"] | _shared(allowed) | _preflight(allowed)}
        response = handler(request, context)
        exposed = {"Access-Control-Expose-Headers": _ANSWER_HEADERS} if allowed else {}
        headers = response["headers"]
        vary = {"Vary": f"{headers['Vary']}, Origin"} if "Vary" in headers else {}
        return {**response, "headers": headers | _shared(allowed) | vary | exposed}

    return handle


def _shared(allowed: str | None) -> dict[str, str]:
    return {"Vary": "Origin"} | ({"Access-Control-Allow-Origin": allowed} if allowed else {})


def _preflight(allowed: str | None) -> dict[str, str]:
    if not allowed:
        return {}
    return {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": _REQUEST_HEADERS,
        "Access-Control-Max-Age": str(_A_DAY),
    }
