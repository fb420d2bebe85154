"""Bodies that come compressed to the function.

API Gateway opens them before, as it documents; but not for whether of binary media types too.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-make-request-with-compressed-payload.html
"""

import zlib

from api.problems import ProblemError

MAX_BYTES = 10 * 1024 * 1024
"""As API Gateway takes them."""


def opened(body: bytes) -> bytes:
    """A gzip file's content.

    Raises:
        ProblemError: it is none, or too large.
    """
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = stream.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise ProblemError(
            "bad-request", "the body is not the gzip that it is said to be"
        ) from error
    if len(content) > MAX_BYTES:
        detail = f"the body has more than {MAX_BYTES:,} bytes when it is opened"
        raise ProblemError("too-large", detail, limit=MAX_BYTES)
    if not stream.eof:
        raise ProblemError("bad-request", "the body's gzip ends too early")
    return content
