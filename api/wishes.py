"""What a client wishes of a POST in its headers: an id for its event, and how much to hear of it.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
https://www.rfc-editor.org/rfc/rfc7240
"""

import re

from api.append_answers import MINIMAL
from api.http import Headers, Request, header_values
from api.parameters import refused
from domain.event import MAX_CHARACTERS

IDEMPOTENCY_KEY = "Idempotency-Key"

_LIMIT = MAX_CHARACTERS["id"]
STRING = rf'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){{1,{_LIMIT}}}"'
BARE = rf"[\x21\x23-\x7e]{{1,{_LIMIT}}}"
"""The two forms of a key, as patterns: in quotation marks, and without."""

_ESCAPED = re.compile(r"\\(.)")


def key_of(headers: Headers) -> str | None:
    """The key that makes a request idempotent: a string of RFC 9651, or the same without quotes.

    Raises:
        ProblemError: it is neither, or too long to be an event's id.
    """
    given = headers.get(IDEMPOTENCY_KEY.lower())
    if given is None:
        return None
    if re.fullmatch(STRING, given):
        return _ESCAPED.sub(r"\1", given[1:-1])
    if re.fullmatch(BARE, given):
        return given
    rule = f'must be 1 to {_LIMIT} ASCII characters in quotation marks, such as "order-7-placed"'
    raise refused(IDEMPOTENCY_KEY, rule)


def wants_little(request: Request) -> bool:
    """Whether the client prefers an answer without what it knows already (RFC 7240, 4.2)."""
    given = ",".join(header_values(request).get("prefer", ())).lower()
    wishes = [wish.partition(";")[0].replace('"', "") for wish in given.split(",")]
    returns = [wish for wish in map(_plain, wishes) if wish.startswith("return=")]
    return returns[:1] == [MINIMAL]  # of two that contradict each other, the first counts


def _plain(wish: str) -> str:
    return "".join(wish.split())
