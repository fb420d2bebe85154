"""A request from event to answer: problems become answers, and each request one line of the log.

Invariant: a line names what was asked and what came of it, never a header, a query or a body.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from api.http import Request, Response
from api.problems import ProblemError, problem_of
from api.routes import PAGES, ROUTES
from domain.errors import EventLogError
from domain.metrics import Measured
from domain.telemetry import Telemetry


class Context(Protocol):
    """What is used of Lambda's context object."""

    @property
    def aws_request_id(self) -> str:
        """The invocation's id, which Lambda's own lines have too."""
        ...


Handler = Callable[[Request, Context], Response]

_ANSWERED = frozenset((route.method, route.path) for route in (*ROUTES, *PAGES))
"""The methods that a function is there for, where API Gateway has a route to it."""


class Account:
    """What is to be told of one request: keys of its line, outcomes and measurements."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self.outcomes: Counter[str] = Counter()
        self.measured: Measured = Counter()


def handler_of(answer: Callable[[Request, Account], Response], *, telemetry: Telemetry) -> Handler:
    """A Lambda handler that answers what the client can act on; any other exception propagates.

    The correlation id is API Gateway's request id, which is in its access log and in its answer's
    header `x-amzn-RequestId`.
    """
    logger = telemetry.logger

    def handle(request: Request, context: Context) -> Response:
        account, began = Account(), time.perf_counter()
        with logger.append_context_keys(
            correlation_id=request["requestContext"]["requestId"],
            function_request_id=context.aws_request_id,
            route=f"{request['httpMethod']} {request['resource']}",
        ):
            try:
                response = _answer(answer, request, account)
            except Exception as error:
                failed = {"error": type(error).__name__, **account.keys}
                logger.error("request failed", **failed)  # noqa: TRY400  # Lambda logs it whole
                raise
            logger.info(
                "request",
                status=response["statusCode"],
                outcomes=dict(account.outcomes) or None,
                duration_ms=round((time.perf_counter() - began) * 1_000, 1),
                **account.keys,
            )
        telemetry.emit(account.measured)
        return response

    return handle


def _answer(
    answer: Callable[[Request, Account], Response], request: Request, account: Account
) -> Response:
    try:
        if (request["httpMethod"], request["resource"]) not in _ANSWERED:
            from api.methods import answer_otherwise  # noqa: PLC0415  # few ask for it

            return answer_otherwise(request)
        return answer(request, account)
    except ProblemError as problem:
        return problem.response(request)
    except EventLogError as error:
        return problem_of(error).response(request)
