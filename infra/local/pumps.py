"""Runs the template's event source mappings: one pump each, under its function's role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from infra.local.errors import LocalStackError
from infra.local.iam_guard import Guard
from infra.local.iam_usage import Usage
from infra.local.resources import Function
from infra.local.stream_pump import InvocationError, StreamPump
from infra.local.stream_pump import Mapping as EventSourceMapping
from infra.local.workers import Functions

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

StreamsClient = Callable[[Config], "DynamoDBStreamsClient"]

# An engine that is down must not keep a pump from stopping.
_CONFIG = Config(connect_timeout=1, retries={"total_max_attempts": 2})


@contextmanager
def running_pumps(
    mappings: list[EventSourceMapping],
    *,
    functions: Functions,
    roles: Mapping[str, Function],
    usage: Usage,
    streams: StreamsClient,
    data: Path,
) -> Iterator[list[StreamPump]]:
    """A pump for each enabled mapping; `roles` has the functions by name."""
    with ExitStack() as stack:
        pumps = []
        for mapping in mappings:
            if not mapping.enabled:
                continue
            if mapping.on_failure_arn:
                raise LocalStackError(
                    f"{mapping.name} has an on-failure destination, which is not run here",
                    remedy="Teach infra/local/pumps.py to deliver to it, or take it out.",
                )
            client = stack.enter_context(closing(streams(_CONFIG)))
            _speak_for(roles[mapping.function_name], client=client, usage=usage)
            client.list_streams()  # as Lambda does when it validates a mapping
            pump = StreamPump(
                mapping,
                streams=client,
                invoke=_invoke(functions, mapping.function_name),
                checkpoints=data / "checkpoints" / f"{mapping.name}.json",
            )
            pump.start()
            stack.callback(pump.stop)
            pumps.append(pump)
        yield pumps


def failure_of(pump: StreamPump) -> LocalStackError | None:
    """Why a pump runs no more; None while it does."""
    if pump.error is None:
        return None
    return LocalStackError(f"the stream pump died: {pump.error}", remedy="Start the stack again.")


def _speak_for(function: Function, *, client: DynamoDBStreamsClient, usage: Usage) -> None:
    guard = Guard(
        function.role,
        session="lambda",
        table_arns={},
        record=lambda access, allowed: usage.record(function.role, access, allowed),
    )
    guard.watch(client.meta.events)


def _invoke(functions: Functions, name: str) -> Callable[[dict[str, Any]], object]:
    def invoke(event: dict[str, Any]) -> object:
        result = functions.invoke(name, event)
        answer: Any = result.json()
        if result.failed:
            raise InvocationError(f"{answer['errorType']}: {answer['errorMessage']}")
        return answer

    return invoke
