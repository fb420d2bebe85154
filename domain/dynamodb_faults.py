"""Which faults of DynamoDB may pass, and how long to wait between tries.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotocoreConnectionError

from domain.errors import LogUnavailableError

PASSING_CODES = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
    }
)
"""Codes of a whole call."""

PASSING_STATEMENT_CODES = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)
"""Codes of one statement within BatchExecuteStatement, which are named differently."""

_ATTEMPTS = 5
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0


@contextmanager
def passing_faults_as_unavailable() -> Iterator[None]:
    """Turn a fault that may pass into LogUnavailableError; every other one propagates."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in PASSING_CODES:
            raise
        raise LogUnavailableError(code) from error
    except (BotocoreConnectionError, HTTPClientError) as error:
        raise LogUnavailableError(type(error).__name__) from error


def pauses() -> Iterator[float]:
    """Seconds to wait before each further try: exponential with full jitter.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    for attempt in range(_ATTEMPTS - 1):
        yield random.uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt))  # noqa: S311  # no secret
