"""POST /events → the events that it brings.

Invariant: the content type alone, and for CloudEvents in binary mode their headers, say how a body
is read; whatever it holds never does.
"""

from api.body import body_text
from api.events_json import Posted, posted_json
from api.http import BINARY_MODE, JSON, Headers, Request
from api.problems import ProblemError


def posted(request: Request, headers: Headers, *, trace: str | None) -> Posted:
    """What a request brings. Events that name no trace get `trace`.

    Raises:
        InvalidJsonError: the text as a whole is not JSON.
        ProblemError: another content type, bytes that are not UTF-8, too few or too many events.
    """
    if "idempotency-key" not in headers:
        return _posted(request, headers, trace=trace, key=None)
    from api.wishes import key_of  # noqa: PLC0415  # few send one

    found, is_batch = _posted(request, headers, trace=trace, key=key_of(headers))
    if is_batch:
        detail = "Idempotency-Key gives one event its id; in a batch, give each event its own"
        raise ProblemError("bad-request", detail)
    return found, is_batch


def _posted(request: Request, headers: Headers, *, trace: str | None, key: str | None) -> Posted:
    content_type = headers.get("content-type", JSON)
    if content_type != JSON or not headers.keys().isdisjoint(BINARY_MODE):
        from api.other_requests import posted_otherwise  # noqa: PLC0415  # the others start fast

        return posted_otherwise(request, headers, content_type, trace=trace, key=key)
    return posted_json(body_text(request), trace=trace, key=key)
