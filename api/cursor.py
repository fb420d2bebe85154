"""Cursors of the listings: a position, signed together with the query that it belongs to.

Invariant: only what `seal` made for this very query opens; any other text, even one changed in a
bit that base64 ignores, is refused.
"""

import base64
import binascii
import hashlib
import hmac
import json

from api.problems import ProblemError

_TAG_BYTES = 16


class Cursors:
    """Seals and opens cursors with a key that callers do not know and restarts do not change."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(key.encode()).digest()

    def seal(self, position: str, *, query: list[str]) -> str:
        """The cursor that goes on behind `position` in the listing that `query` describes."""
        body = position.encode()
        return _encode(self._tag(body, query) + body)

    def open(self, cursor: str, *, query: list[str]) -> str:
        """The position in a cursor.

        Raises:
            ProblemError: the cursor was changed, or made for another query or stack.
        """
        try:
            sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError):
            sealed = b""
        tag, body = sealed[:_TAG_BYTES], sealed[_TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(body, query)) or _encode(sealed) != cursor:
            detail = "use a next_cursor unchanged, with the query whose answer it came from"
            raise ProblemError("invalid-cursor", detail)
        return body.decode()

    def _tag(self, body: bytes, query: list[str]) -> bytes:
        message = json.dumps(query).encode() + b"\n" + body
        return hmac.digest(self._key, message, "sha256")[:_TAG_BYTES]


def _encode(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
