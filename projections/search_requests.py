"""Requests to OpenSearch whose answer must be one of those that the caller understands.

Invariant: a fault that may pass and one that will not are told apart here, once.
"""

import json
from collections.abc import Container
from typing import Any

from domain.errors import EventLogError
from projections.opensearch import Answer, OpenSearch, OpenSearchUnavailableError

OK = 200
NOT_FOUND = 404
TOO_MANY_REQUESTS = 429
SERVER_FAULT = 500

_BAD_REQUEST = 400
_EXISTS = "resource_already_exists_exception"


class OpenSearchRefusedError(EventLogError):
    """OpenSearch refused a request for a reason that is not about an event, such as a role's."""

    def __init__(self, request: str, *, status: int, reason: str) -> None:
        self.request, self.status, self.reason = request, status, reason
        super().__init__(f"OpenSearch answers {request} with {status}: {reason}")


def ask_json(
    opensearch: OpenSearch,
    method: str,
    path: str,
    body: object = None,
    *,
    understood: Container[int] = (OK,),
    timeout: float | None = None,
) -> Answer:
    """The answer to a request with a JSON body, if its status is an `understood` one.

    Raises:
        OpenSearchUnavailableError: there is no answer, or one that may be another next time.
        OpenSearchRefusedError: every other answer.
    """
    sent = None if body is None else json.dumps(body).encode()
    answer = opensearch.ask(method, path, sent, timeout=timeout)
    if answer.status in understood:
        return answer
    if may_pass(answer.status):
        raise OpenSearchUnavailableError(f"{answer.status}: {reason_of(answer)}")
    raise OpenSearchRefusedError(f"{method} {path}", status=answer.status, reason=reason_of(answer))


def create_index(opensearch: OpenSearch, name: str) -> None:
    """Make an index out of its template; one that somebody has made is as good.

    Raises:
        OpenSearchUnavailableError: there is no answer, or one that may be another next time.
        OpenSearchRefusedError: it cannot be made, as when there are as many shards as may be.
    """
    path = f"/{name}"
    answer = ask_json(opensearch, "PUT", path, understood=(OK, _BAD_REQUEST))
    if answer.status == _BAD_REQUEST and _EXISTS not in reason_of(answer):
        raise OpenSearchRefusedError(f"PUT {path}", status=answer.status, reason=reason_of(answer))


def may_pass(status: int) -> bool:
    """Whether the same request may have another answer later."""
    return status == TOO_MANY_REQUESTS or status >= SERVER_FAULT


def reason_of(answer: Answer) -> str:
    """What an answer says about why it is one of refusal."""
    try:
        return error_text(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return answer.body[:500].decode("utf-8", "replace")


def error_text(error: Any) -> str:
    """OpenSearch's `error` member as one line: its type, reason and first cause."""
    if not isinstance(error, dict):
        return str(error)
    text = f"{error.get('type')}: {error.get('reason')}"
    cause = error.get("caused_by")
    return f"{text} ({error_text(cause)})" if cause else text
