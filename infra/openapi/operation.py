"""A route of the API as its callers see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from infra.openapi.answers import Answer
from infra.openapi.parameters import Parameter

OF_THE_LOG = ("unreadable", "unavailable")
"""The problems of whatever asks the log's table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What it is for, takes and answers; `problems` are the kinds that its function answers."""

    id: str
    summary: str
    description: str
    answers: Mapping[int, Answer]
    problems: Sequence[str]
    parameters: Sequence[Parameter] = ()
    body: Mapping[str, Any] = field(default_factory=dict)


def head_of(get: Operation) -> Operation:
    """What a GET answers, without its bodies."""
    return replace(
        get,
        id=f"{get.id}Head",
        summary=f"{get.summary}: the headers alone",
        answers={
            status: replace(one, schema=None, links={}) for status, one in get.answers.items()
        },
    )
