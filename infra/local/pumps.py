"""Runs the template's event source mappings: one pump each, under its function's role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from infra.local.aws import LocalAws
from infra.local.errors import LocalStackError
from infra.local.iam_guard import Guard
from infra.local.iam_usage import Usage
from infra.local.resources import Function, Role
from infra.local.stream_pump import FailedBatch, InvocationError, StreamPump
from infra.local.stream_pump import Mapping as EventSourceMapping
from infra.local.workers import Functions

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_BUCKET_ARN = "arn:aws:s3:::"

# An engine that is down must not keep a pump from stopping.
_CONFIG = Config(connect_timeout=1, retries={"total_max_attempts": 2})


@contextmanager
def running_pumps(
    mappings: list[EventSourceMapping],
    *,
    functions: Functions,
    roles: Mapping[str, Function],
    usage: Usage,
    aws: LocalAws,
    data: Path,
) -> Iterator[list[StreamPump]]:
    """A pump for each enabled mapping; `roles` has the functions by name."""
    with ExitStack() as stack:
        pumps = []
        for mapping in mappings:
            if not mapping.enabled:
                continue
            role = roles[mapping.function_name].role
            streams = stack.enter_context(closing(aws.client("dynamodbstreams", config=_CONFIG)))
            s3 = stack.enter_context(closing(aws.client("s3", config=_CONFIG)))
            for client in (streams, s3):
                _speak_for(role, client=client, usage=usage)
            streams.list_streams()  # as Lambda does when it validates a mapping
            pump = StreamPump(
                mapping,
                streams=streams,
                on_failure=_destination(mapping, s3),
                invoke=_invoke(functions, mapping.function_name),
                checkpoints=data / "checkpoints" / f"{mapping.uuid}.json",
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


def _speak_for(role: Role, *, client: Any, usage: Usage) -> None:
    guard = Guard(
        role,
        session="lambda",
        arns={},
        record=lambda access, allowed: usage.record(role, access, allowed),
    )
    guard.watch(client.meta.events)


def _destination(mapping: EventSourceMapping, s3: S3Client) -> Callable[[FailedBatch], None] | None:
    """Where the mapping's records go that are given up.

    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    arn = mapping.on_failure_arn
    if arn is None:
        return None
    if not arn.startswith(_BUCKET_ARN):
        raise LocalStackError(
            f"{mapping.name} has the on-failure destination {arn}, which is no bucket",
            remedy="A queue or a topic keeps only metadata; name a bucket.",
        )
    bucket = arn.removeprefix(_BUCKET_ARN)
    s3.head_bucket(Bucket=bucket)  # as Lambda does when it validates a mapping

    def deliver(failed: FailedBatch) -> None:
        s3.put_object(Bucket=bucket, Key=failed.key, Body=failed.body)

    return deliver


def _invoke(functions: Functions, name: str) -> Callable[[dict[str, Any]], object]:
    def invoke(event: dict[str, Any]) -> object:
        result = functions.invoke(name, event)
        answer: Any = result.json()
        if result.failed:
            raise InvocationError(f"{answer['errorType']}: {answer['errorMessage']}")
        return answer

    return invoke
