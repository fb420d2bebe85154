"""What may differ between deployments, and the combinations of it that the tests build.

A setting that changes which resources there are, or who may do what, is a dimension here. Built
are the stages as they stand, every combination of the dimensions in `SHAPE`, and a set in which any
two values of any two dimensions meet: it finds what one option does to another without all
combinations of all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, product
from typing import Any

from infra.settings import STAGES, Settings

Choice = Mapping[str, str]
"""The name of a value by the name of its dimension; what is left out is as the stage has it."""

_TOKENS = {"cognito": None, "jwt": None}
_POOL = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_abc"
_ISSUER = {"issuer": "https://issuer.test/", "audience": "event-log"}

_RATE = {"requests_per_second": 10, "burst": 20}
_PRODUCERS = {"names": ["orders"], "write": _RATE, "read": _RATE}
_COLD = {"snap_start": False, "provisioned_concurrency": None}
_SNAPSHOT = _COLD | {"snap_start": True}
_KEPT = _COLD | {"provisioned_concurrency": 1}
_DOMAIN = {
    "name": "events.example.com",
    "hosted_zone_id": "Z0123456789ABC",
    "hosted_zone_name": "example.com",
}

_EXPLORER = {
    "domain": {
        **_DOMAIN,
        "name": "explorer.example.com",
        "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1-2",
    },
    "web_acl_arn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/people/0-1",
}

_NETWORK = {
    "subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "security_group_ids": ["sg-0123456789abcdef0"],
}
_SIGN_IN = {
    "user_pool_id": "eu-central-1_abc",
    "identity_pool_id": "eu-central-1:01234567-89ab-cdef-0123-456789abcdef",
    "role_arn": "arn:aws:iam::123456789012:role/service-role/CognitoAccessForAmazonOpenSearch",
}

OPTIONS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "stage": {stage: {} for stage in STAGES},
    "authorizer": {
        "iam": _TOKENS | {"authorizer": "iam"},
        "own pool": _TOKENS | {"authorizer": "cognito", "cognito": {}},
        "other pool": _TOKENS | {"authorizer": "cognito", "cognito": {"user_pool_arn": _POOL}},
        "jwt": _TOKENS | {"authorizer": "jwt", "jwt": _ISSUER},
        "open": _TOKENS | {"authorizer": "none"},
    },
    "networks": {
        "any": {"caller_networks": []},
        "named": {"caller_networks": ["192.0.2.0/24", "2001:db8::/32"]},
    },
    "documents": {"open pages": {"api_docs": "open"}, "own pages": {"api_docs": "authorized"}},
    "producers": {
        "without keys": {"edge": {"producers": None}},
        "with keys": {"edge": {"producers": _PRODUCERS}},
    },
    "firewall": {
        "no firewall": {"edge": {"firewall": None}},
        "firewall": {"edge": {"firewall": {}}},
    },
    "domain": {
        "no domain": {"edge": {"domain": None}},
        "domain": {"edge": {"domain": _DOMAIN}},
    },
    "key": {
        "AWS's key": {"encryption": "aws-owned"},
        "own key": {"encryption": "customer-managed"},
    },
    "start": {
        "cold": {"write": _COLD, "read": _COLD},
        "snapshot": {"write": _SNAPSHOT, "read": _SNAPSHOT},
        "kept": {"write": _KEPT, "read": _KEPT},
    },
    "tracing": {"no traces": {"tracing": False}, "traces": {"tracing": True}},
    "telling": {
        "a topic": {"budget": None, "dashboard": True},
        "people": {
            "alarms": {"emails": ["on-call@example.org"]},
            "budget": {"usd": 50, "emails": ["owner@example.org"]},
            "dashboard": False,
        },
    },
    "search": {
        "no search": {"search": None},
        "domain of one's own": {"search": {"engine": "domain"}},
        "domain in a VPC": {
            "search": {
                "engine": "domain",
                "network": _NETWORK,
                "dashboards": _SIGN_IN,
                "domain": {"master_type": "m6g.large.search"},
                "retention_months": 12,
            }
        },
        "serverless": {"search": {"engine": "serverless", "retention_months": 12}},
    },
    "browsers": {
        "no origin": {"edge": {"allowed_origins": []}, "explorer": None},
        "explorer": {"edge": {"allowed_origins": []}, "explorer": {}},
        "explorer of a name, and an origin": {
            "edge": {"allowed_origins": ["https://app.example.com"]},
            "explorer": _EXPLORER,
        },
    },
}
"""The settings, over the stage's own, that a value of a dimension stands for."""

SHAPE = ("authorizer", "key", "domain")
"""Dimensions of which every combination is built."""

REFUSED = (("staging", "open"), ("prod", "open"), ("open", "with keys"))
"""Values that the settings do not let meet."""


def settings_of(choice: Choice) -> Settings:
    """The settings that a choice stands for.

    Raises:
        pydantic.ValidationError: it is one of those that are refused.
    """
    given: dict[str, Any] = STAGES[choice["stage"]].model_dump()
    for dimension, value in choice.items():
        given = _over(given, OPTIONS[dimension][value])
    return Settings.model_validate(given)


def _over(given: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, with the change over it, group by group."""
    found = dict(given)
    for name, value in change.items():
        both = isinstance(value, Mapping) and isinstance(found.get(name), Mapping)
        found[name] = _over(found[name], value) if both else value
    return found


def name_of(choice: Choice) -> str:
    """How a test calls a choice."""
    return ", ".join(choice.values())


def is_refused(choice: Choice) -> bool:
    """Whether two values of it are not to meet."""
    return any(set(pair) <= set(choice.values()) for pair in REFUSED)


def every_value() -> list[Choice]:
    """The stages as they stand, and a set of choices in which any two values meet."""
    return _once([*({"stage": stage} for stage in STAGES), *any_two()])


def every_choice() -> list[Choice]:
    """`every_value`, and every combination of `SHAPE`, of prod where it lets them meet."""
    staged = (
        next(one for stage in ("prod", "dev") if not is_refused(one := {"stage": stage, **shape}))
        for shape in _combinations(SHAPE)
    )
    return _once([*every_value(), *staged])


def _once(choices: Sequence[Choice]) -> list[Choice]:
    """Without those that come to the settings of an earlier one."""
    first = {settings_of(choice): choice for choice in reversed(choices)}
    return [choice for choice in choices if first[settings_of(choice)] is choice]


@cache
def any_two() -> tuple[Choice, ...]:
    """Choices in which any two values meet, unless they are refused.

    Greedy: each next choice is the one in which most pairs meet for the first time.
    """
    bits: defaultdict[tuple[str, ...], int] = defaultdict(lambda: 1 << len(bits))
    rows = [row for row in _combinations(OPTIONS) if not is_refused(row)]
    met = [sum(bits[pair] for pair in combinations(row.values(), 2)) for row in rows]
    missing = (1 << len(bits)) - 1
    found: list[Choice] = []
    while missing:
        best = max(range(len(rows)), key=lambda n: (met[n] & missing).bit_count())
        found.append(rows[best])
        missing &= ~met[best]
    return tuple(found)


def _combinations(dimensions: Iterable[str]) -> Iterator[Choice]:
    names = list(dimensions)
    for values in product(*(OPTIONS[name] for name in names)):
        yield dict(zip(names, values, strict=True))
