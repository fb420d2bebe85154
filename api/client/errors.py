"""What can go wrong with a call, as exceptions that carry the API's own facts (RFC 9457)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

_SHOWN_CHARACTERS = 300
_SERVER_ERRORS = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document: `kind` ends its `type`, and is None where API Gateway itself answers.

    `members` is the whole document; those of a kind are in the reference of the API.
    """

    status: int
    kind: str | None
    title: str
    detail: str | None
    members: Mapping[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Problem":
        """The problem that a document describes."""
        type = str(document.get("type", "about:blank"))
        return cls(
            status=int(document["status"]),
            kind=None if type == "about:blank" else re.split("[/:]", type)[-1],
            title=str(document.get("title", "")),
            detail=document.get("detail"),
            members=document,
        )

    @classmethod
    def of_answer(cls, status: int, text: str) -> "Problem":
        """The problem in an answer; where there is no document, the status and the text."""
        try:
            return cls.of({"status": status, **json.loads(text)})
        except (ValueError, TypeError):
            title = next((s.phrase for s in HTTPStatus if s == status), f"status {status}")
            short = text.strip()[:_SHOWN_CHARACTERS]
            return cls(status, None, title, short or None, {})

    def __str__(self) -> str:
        return self.detail or self.title


class ApiError(Exception):
    """The parent of all errors of a call."""


class UnreachableError(ApiError):
    """No answer came; whether the request was carried out is unknown, and it is safe to repeat."""

    def __init__(self, reason: str, *, address: str) -> None:
        self.reason, self.address = reason, address
        super().__init__(f"{address} cannot be reached: {reason}")


class UnexpectedAnswerError(ApiError):
    """The answer is not one of this API's: the address may be another program's."""


class RefusedError(ApiError):
    """The API answered with a problem; `retry_after` is in seconds, `request_id` for its logs."""

    def __init__(
        self,
        problem: Problem,
        *,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.problem, self.request_id, self.retry_after = problem, request_id, retry_after
        super().__init__(f"the API answered {problem.status}: {problem}")


class InvalidError(RefusedError):
    """400, 413, 415: the request breaks a rule, and will again."""


class DeniedError(RefusedError):
    """401, 403: the caller is not known, or may not do this."""


class NotFoundError(RefusedError):
    """404: there is no such event, or the stage has no search."""


class ConflictError(RefusedError):
    """409: another event has the id; `stored` has that one's `id` and `hash`."""

    @property
    def stored(self) -> Mapping[str, str]:
        """Facts of the event that is in the log."""
        stored: Mapping[str, str] = self.problem.members.get("stored", {})
        return stored


class ThrottledError(RefusedError):
    """429: too many requests, or the key's quota is used up."""


class UnavailableError(RefusedError):
    """500 and above: the API faltered; the same request again is safe."""


_BY_STATUS: Mapping[int, type[RefusedError]] = {
    400: InvalidError,
    401: DeniedError,
    403: DeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: InvalidError,
    415: InvalidError,
    429: ThrottledError,
}


def refusal(
    problem: Problem, *, request_id: str | None = None, retry_after: float | None = None
) -> RefusedError:
    """The error of a problem, of the class for its status."""
    other = UnavailableError if problem.status >= _SERVER_ERRORS else RefusedError
    error = _BY_STATUS.get(problem.status, other)
    return error(problem, request_id=request_id, retry_after=retry_after)
