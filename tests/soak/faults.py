"""The kinds of faults of one AWS call, as the service, the network or the machine would cause them.

Invariant: what a fault says did not happen did not happen, and what it says happened did.
"""

import json
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from tests.soak.calls import Call

Fault = Callable[[Call], AWSResponse]

_HALF = 2


def _throttled(call: Call) -> AWSResponse:
    return call.error(400, "ProvisionedThroughputExceededException")


def _rate_exceeded(call: Call) -> AWSResponse:
    return call.error(400, "ThrottlingException")


def _server_error(call: Call) -> AWSResponse:
    return call.error(500, "InternalServerError")


def _unavailable(call: Call) -> AWSResponse:
    return call.error(503, "ServiceUnavailable")


def _connection_refused(call: Call) -> AWSResponse:
    raise EndpointConnectionError(endpoint_url=call.request.url)


def _connect_timeout(call: Call) -> AWSResponse:
    raise ConnectTimeoutError(endpoint_url=call.request.url)


def _answer_lost(call: Call) -> AWSResponse:
    call.send()
    raise ReadTimeoutError(endpoint_url=call.request.url)


def _connection_cut(call: Call) -> AWSResponse:
    call.send()
    raise ConnectionClosedError(endpoint_url=call.request.url)


def _partly_unprocessed(call: Call) -> AWSResponse:
    taken = call.parts // _HALF
    answer = call.send_only(slice(taken))
    if answer.status_code != 200:
        return answer
    [table] = call.body["RequestItems"]
    return call.answer(200, {"UnprocessedItems": {table: call.puts[taken:]}})


def _statements_throttled(call: Call) -> AWSResponse:
    """Every second statement is refused, the others are carried out."""
    answer = call.send_only(slice(0, None, _HALF))
    if answer.status_code != 200:
        return answer
    taken = iter(json.loads(answer.content)["Responses"])
    refused: dict[str, Any] = {"Error": {"Code": "ThrottlingError", "Message": "by the soak"}}
    responses = [refused if n % _HALF else next(taken) for n in range(call.parts)]
    return call.answer(200, {"Responses": responses})


def _killed_before(_call: Call) -> AWSResponse:
    os._exit(9)


def _killed_during(call: Call) -> AWSResponse:
    call.send_only(slice(call.parts // _HALF))
    os._exit(9)


def _killed_after(call: Call) -> AWSResponse:
    call.send()
    os._exit(9)


def _hung(_call: Call) -> AWSResponse:
    while True:  # until the worker is killed at its function's timeout
        threading.Event().wait()


def _denied(call: Call) -> AWSResponse:
    """No fault of an event: the whole invocation fails."""
    return call.error(400, "AccessDeniedException")


def _refused(call: Call) -> AWSResponse:
    """As an item that the table refuses for good: the whole call fails for it."""
    return call.error(400, "ValidationException")


def _parking_refused(call: Call) -> AWSResponse:
    return call.error(503, "SlowDown")


FAULTS: Mapping[str, Fault] = {
    "throttled": _throttled,
    "rate-exceeded": _rate_exceeded,
    "server-error": _server_error,
    "unavailable": _unavailable,
    "connection-refused": _connection_refused,
    "connect-timeout": _connect_timeout,
    "answer-lost": _answer_lost,
    "connection-cut": _connection_cut,
    "partly-unprocessed": _partly_unprocessed,
    "statements-throttled": _statements_throttled,
    "killed-before-write": _killed_before,
    "killed-during-write": _killed_during,
    "killed-after-write": _killed_after,
    "hung": _hung,
    "access-denied": _denied,
    "refused-for-good": _refused,
    "parking-refused": _parking_refused,
}

_ONLY: Mapping[str, frozenset[str]] = {
    "partly-unprocessed": frozenset({"BatchWriteItem"}),
    "statements-throttled": frozenset({"BatchExecuteStatement"}),
    "killed-during-write": frozenset({"BatchWriteItem", "BatchExecuteStatement"}),
    "parking-refused": frozenset({"PutObject"}),
}
_CUT = frozenset({"partly-unprocessed", "statements-throttled", "killed-during-write"})


def fits(kind: str, call: Call) -> bool:
    """Whether the kind of fault can happen to the call."""
    if call.operation == "PutObject":
        return kind == "parking-refused"
    if kind in _ONLY and call.operation not in _ONLY[kind]:
        return False
    return call.parts >= _HALF or kind not in _CUT
