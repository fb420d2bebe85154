"""What the stack's roles did, against what they may do: both differences are to be empty."""

import threading
from dataclasses import asdict, dataclass, replace
from typing import Any

from infra.local.iam_actions import Access
from infra.local.iam_guard import matches
from infra.local.resources import Role


@dataclass(frozen=True, order=True)
class Grant:
    """An action on a resource, either granted to a role or tried by it."""

    role: str
    action: str
    resource: str


@dataclass(frozen=True)
class GuardReport:
    """The two differences between what roles may do and what they did: empty when they fit."""

    refused: list[Grant]
    """Tried, but not granted."""
    unused: list[Grant]
    """Granted, but never used."""

    def as_json(self) -> dict[str, Any]:
        """The report as plain lists and dicts."""
        return asdict(self)


class Usage:
    """What the roles of the stack did; safe to use from many threads."""

    def __init__(self, roles: list[Role]) -> None:
        self._roles = roles
        self._seen: set[tuple[str, Access, bool]] = set()
        self._lock = threading.Lock()

    def record(self, role: Role, access: Access, allowed: bool) -> None:
        """Note one decision."""
        with self._lock:
            self._seen.add((role.name, access, allowed))

    def report(self) -> GuardReport:
        """Used against granted, so far."""
        with self._lock:
            seen = set(self._seen)
        refused = {Grant(role, one.action, one.resource) for role, one, ok in seen if not ok}
        unused = [
            Grant(role.name, action, resource)
            for role in self._roles
            for statement in role.statements
            if statement.effect == "Allow"
            for action in statement.actions
            for resource in statement.resources
            if not any(
                name == role.name
                and matches(replace(statement, actions=(action,), resources=(resource,)), access)
                for name, access, _ in seen
            )
        ]
        return GuardReport(sorted(refused), sorted(unused))
