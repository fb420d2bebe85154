"""The event log's client for Python, typed, sync and async: `from api.client import EventLog`.

Invariant: it needs httpx alone (`signing`, which is imported apart, also botocore), and no Lambda
function imports it.
"""

from api.client.async_event_log import AsyncEventLog
from api.client.auth import BearerToken
from api.client.errors import (
    ApiError,
    ConflictError,
    DeniedError,
    InvalidError,
    NotFoundError,
    Problem,
    RefusedError,
    ThrottledError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from api.client.event_log import EventLog
from api.client.events import Appended, Event, Outcome, TypeSeen
from api.client.retries import Retries

__all__ = [
    "ApiError",
    "Appended",
    "AsyncEventLog",
    "BearerToken",
    "ConflictError",
    "DeniedError",
    "Event",
    "EventLog",
    "InvalidError",
    "NotFoundError",
    "Outcome",
    "Problem",
    "RefusedError",
    "Retries",
    "ThrottledError",
    "TypeSeen",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnreachableError",
]
