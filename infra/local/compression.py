"""Compressed bodies as API Gateway takes and gives them.

Invariant: however small a body is on the way, no more of it is opened than API Gateway takes.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html
"""

import gzip
import zlib
from dataclasses import replace

from infra.local.authorization import RefusedError
from infra.local.gateway_answers import REQUEST_TOO_LARGE, GatewayError
from infra.local.proxy_event import HttpRequest, HttpResponse

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
_NOT_COMPRESSED_SO = GatewayError("UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported Media Type")


def opened(request: HttpRequest, *, limit: int) -> HttpRequest:
    """The request with its body as it was before the client compressed it.

    Raises:
        RefusedError: 415 if it is not compressed as it says, 413 beyond `limit` bytes.
    """
    coding = dict(request.headers).get("content-encoding", "identity").strip().lower()
    if coding == "identity" or not request.body:
        return request
    if coding not in _WINDOWS:
        raise RefusedError(_NOT_COMPRESSED_SO)
    stream = zlib.decompressobj(_WINDOWS[coding])
    try:
        body = stream.decompress(request.body, limit + 1)
    except zlib.error as error:
        raise RefusedError(_NOT_COMPRESSED_SO) from error
    if len(body) > limit:
        raise RefusedError(REQUEST_TOO_LARGE)
    if not stream.eof:
        raise RefusedError(_NOT_COMPRESSED_SO)
    return replace(request, body=body)


def compressed(
    response: HttpResponse, request: HttpRequest, *, minimum: int | None
) -> HttpResponse:
    """The response with its body compressed, if it has `minimum` bytes and the client takes it."""
    names = {name.lower() for name, _ in response.headers}
    coding = _accepted(dict(request.headers).get("accept-encoding", ""))
    if minimum is None or coding is None or "content-encoding" in names:
        return response
    if len(response.body) < max(minimum, 1):
        return response
    body = gzip.compress(response.body, 6) if coding == "gzip" else zlib.compress(response.body)
    return replace(response, headers=(*response.headers, ("Content-Encoding", coding)), body=body)


def _accepted(accept_encoding: str) -> str | None:
    """The coding that the client names; a `*` names none to API Gateway."""
    named = [part.replace(" ", "").lower() for part in accept_encoding.split(",")]
    refused = {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    wanted = {
        coding
        for coding, _, weight in (one.partition(";") for one in named)
        if weight not in refused
    }
    return next((coding for coding in _WINDOWS if coding in wanted), None)
