"""The body of a request, decoded exactly once, as text or as bytes."""

import base64
import binascii

from api.http import Request, header
from api.problems import ProblemError

_GZIP = b"\x1f\x8b"  # what every such file begins with, and no JSON


def body_text(request: Request) -> str:
    """The request's body, decoded exactly once.

    Raises:
        ProblemError: bytes that are not UTF-8.
    """
    if not request.get("isBase64Encoded"):
        return request.get("body") or ""
    try:
        return body_bytes(request).decode()
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        detail = f"the body is not UTF-8: byte 0x{byte:02x} at offset {error.start}"
        raise ProblemError("invalid-json", detail, offset=error.start) from error


def body_bytes(request: Request) -> bytes:
    """The request's body as it was sent.

    Raises: ProblemError.
    """
    body: str = request.get("body") or ""
    if not request.get("isBase64Encoded"):
        return body.encode()
    try:
        raw = base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise ProblemError("bad-request", "the body is not valid base64") from error
    if raw.startswith(_GZIP) and header(request, "content-encoding") == "gzip":
        from api.compressed_bodies import opened  # noqa: PLC0415  # the gateway opens them

        return opened(raw)
    return raw
