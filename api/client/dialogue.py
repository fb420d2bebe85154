"""Calls as dialogues: generators that yield what is to be done and are told what came of it.

Invariant: no dialogue does input or output, waits or knows httpx; so the sync and the async client
share all of them, and a test plays them without either.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Generic, TypeVar

from api.client.errors import (
    ApiError,
    Problem,
    UnexpectedAnswerError,
    UnreachableError,
    refusal,
)
from api.client.raw_json import members_of
from api.client.retries import Retries, http_date, seconds_to_wait

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

_REDIRECT, _SUCCESS = 300, 200


@dataclass(frozen=True, slots=True)
class Request:
    """To be sent: `path` below the API's address, `query` undecoded, `body` JSON."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """To be waited for."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Found(Generic[T_co]):
    """To be given to the caller."""

    item: T_co


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `headers` by their names in any case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def date(self) -> datetime | None:
        """When the API answered, by its own clock, in whole seconds."""
        return http_date(self.headers.get("Date"))

    def members(self, *names: str) -> dict[str, str]:
        """The answer's members by name, as texts of JSON.

        Raises:
            UnexpectedAnswerError: it is no JSON object, or lacks one of `names`.
        """
        try:
            members = members_of(self.text)
        except ValueError as error:
            raise UnexpectedAnswerError(f"the answer is not JSON: {self.text[:80]!r}") from error
        if missing := [name for name in names if name not in members]:
            raise UnexpectedAnswerError(f"the answer has no {missing[0]!r}: {self.text[:80]!r}")
        return members


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """That none came, why, and from which address."""

    reason: str
    address: str


Reply = Answer | NoAnswer | None
Dialogue = Generator[Request | Pause | Found[T], Reply, None]
Asking = Generator[Request | Pause, Reply, T]


def asked(request: Request, *, retries: Retries) -> Asking[Answer]:
    """Make a request, again where that may help; gives back the good answer.

    Raises:
        ApiError: no good answer came.
    """
    for tried in count(1):
        reply = yield request
        if isinstance(reply, Answer) and _SUCCESS <= reply.status < _REDIRECT:
            return reply
        error = _error_of(reply)
        pause = retries.pause(error, tried=tried)
        if pause is None:
            raise error
        yield Pause(pause)
    raise AssertionError  # count() does not end


def _error_of(reply: Reply) -> ApiError:
    if isinstance(reply, Answer):
        return refusal(
            Problem.of_answer(reply.status, reply.text),
            request_id=reply.headers.get("x-amzn-RequestId"),
            retry_after=seconds_to_wait(
                reply.headers.get("Retry-After"), date=reply.headers.get("Date")
            ),
        )
    assert reply is not None, "a request is replied to"  # noqa: S101
    return UnreachableError(reply.reason, address=reply.address)
