"""Who sent a request, as the authorizer of its method establishes it before any function runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.gateway_answers import GatewayError
from infra.local.proxy_event import HttpRequest
from infra.local.resources import Route


class RefusedError(Exception):
    """The caller may not, or is not known; `error` is what API Gateway answers then."""

    def __init__(self, error: GatewayError) -> None:
        self.error = error
        super().__init__(error.message)


@dataclass(frozen=True)
class Caller:
    """What a request's context tells a function of its sender."""

    identity: Mapping[str, Any] = field(default_factory=dict)
    authorizer: Mapping[str, Any] = field(default_factory=dict)


Authorizer = Callable[[HttpRequest, Route], Caller]
"""Gives the caller of a request on a route, or raises RefusedError."""


OPEN: Mapping[str, Authorizer] = {"NONE": lambda _request, _route: Caller()}
"""The one authorization type that lets in anyone, as anyone."""
