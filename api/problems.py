"""Every error of the API as an RFC 9457 problem document; the one place that knows both sides."""

import json
from http import HTTPStatus
from typing import Any

from api.http import Request, Response, address
from domain.errors import (
    EventConflictError,
    EventLogError,
    EventTooLargeError,
    InvalidEventError,
    InvalidJsonError,
    LogUnavailableError,
    UnreadableItemError,
)

CONTENT_TYPE = "application/problem+json"

TITLES = {
    "bad-request": (400, "The request cannot be understood"),
    "invalid-json": (400, "The body is not JSON that can be kept exactly"),
    "invalid-event": (400, "The event breaks a rule"),
    "invalid-cursor": (400, "The cursor does not belong to this listing"),
    "not-found": (404, "There is no such event"),
    "no-such-page": (404, "There is no such page"),
    "search-not-configured": (404, "There is no search here"),
    "method-not-allowed": (405, "The path has no such method"),
    "not-acceptable": (406, "None of the forms that are accepted can be given"),
    "conflict": (409, "Another event has this id"),
    "too-large": (413, "The event is too large"),
    "unsupported-media-type": (415, "The content type is not supported"),
    "unreadable": (500, "The log holds no event under this id"),
    "unavailable": (503, "The log is not available now"),
    "search-unavailable": (503, "Search is not available now"),
}
"""Kind of problem → status and title. The kind ends the problem's `type` URI."""

PAGES = "/problems"
"""Where below the API's address each kind has a page that explains it."""


class ProblemError(Exception):
    """A request that is answered with a problem of this `kind`; `facts` become its members."""

    def __init__(self, kind: str, detail: str, **facts: Any) -> None:
        self.kind, self.detail, self.facts = kind, detail, facts
        super().__init__(detail)

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return TITLES[self.kind][0]

    def document(self, api: str) -> dict[str, Any]:
        """The problem document's members (RFC 9457, section 3); `api` is the API's address."""
        status, title = TITLES[self.kind]
        return {
            "type": f"{api}{PAGES}/{self.kind}",
            "title": title,
            "status": status,
            "detail": self.detail,
            **self.facts,
        }

    def response(self, request: Request) -> Response:
        """The answer to a request, which its `instance` names by the id that the logs have too."""
        instance = f"urn:uuid:{request['requestContext']['requestId']}"
        headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
        if self.status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = "1"
        if "allowed" in self.facts:
            headers["Allow"] = ", ".join(self.facts["allowed"])
        document = {**self.document(address(request)), "instance": instance}
        body = json.dumps(document, ensure_ascii=False)
        return {"statusCode": self.status, "headers": headers, "body": body}


def problem_of(error: EventLogError) -> ProblemError:
    """The problem that tells a client of this error what was wrong and what to do.

    Raises:
        TypeError: an error that this table does not know; it must not pass for another.
    """
    match error:
        case InvalidJsonError():
            where = {} if error.line is None else {"line": error.line, "column": error.column}
            return ProblemError("invalid-json", str(error), **where)
        case InvalidEventError():
            errors = [{"field": v.field, "message": v.message} for v in error.violations]
            return ProblemError("invalid-event", str(error), errors=errors)
        case EventTooLargeError():
            return ProblemError("too-large", str(error), size=error.size, limit=error.limit)
        case EventConflictError():
            stored = {"id": error.stored.id, "hash": error.stored.hash}
            return ProblemError("conflict", str(error), stored=stored)
        case LogUnavailableError():
            return ProblemError("unavailable", f"{error}; the same request again is safe")
        case UnreadableItemError():
            detail = "an item that is no event was written around the API; tell the operator"
            return ProblemError("unreadable", f"{detail} ({error.reason})")
    raise TypeError(f"no problem document for {type(error).__name__}")
