"""Typed views of what limits the API's callers in the template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ALL_METHODS = "*"


@dataclass(frozen=True)
class Throttle:
    """A token bucket: tokens a second, and how many it holds."""

    rate: float
    burst: int


@dataclass(frozen=True)
class Quota:
    """Requests that one key's bearer may send in a period."""

    limit: int
    period: Literal["DAY", "WEEK", "MONTH"]


@dataclass(frozen=True)
class ApiKey:
    """An API key, named by its description; its value is in no template."""

    id: str
    name: str


@dataclass(frozen=True)
class UsagePlan:
    """What each of some keys is good for; `throttles` by method, such as `/events/POST`."""

    keys: tuple[ApiKey, ...]
    throttles: Mapping[str, Throttle]
    quota: Quota | None


@dataclass(frozen=True)
class Edge:
    """What all callers together may send, by method or `*` for all others, and who has a plan."""

    throttles: Mapping[str, Throttle] = field(default_factory=dict)
    plans: tuple[UsagePlan, ...] = ()

    @property
    def keys(self) -> tuple[ApiKey, ...]:
        """The keys of all plans."""
        return tuple(key for plan in self.plans for key in plan.keys)
