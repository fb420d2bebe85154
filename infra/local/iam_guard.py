"""Checks every AWS call of a function against its role's policies.

Invariant: what no statement allows is refused as AWS refuses it, and the request is never sent.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol

from botocore.exceptions import ClientError

from infra.local.iam_actions import Access, UnknownOperationError, accesses
from infra.local.key_use import key_uses
from infra.local.resources import Role, Statement

_HOOK = "before-parameter-build"  # before the parameters are checked and sent, on every operation


class Hooks(Protocol):
    """What botocore's sessions and its clients' events have in common."""

    def register(self, event_name: str, handler: Callable[..., Any]) -> None:
        """Call `handler` on an event."""


class Guard:
    """Speaks for one role. `arns` has the ARN of each table by its name.

    `session` is the session name of the assumed role; `record` hears of every decision.
    """

    def __init__(
        self,
        role: Role,
        *,
        session: str,
        arns: Mapping[str, str],
        record: Callable[[Access, bool], None],
    ) -> None:
        self._role = role
        self._session = session
        self._arns = arns
        self._record = record

    def watch(self, hooks: Hooks) -> None:
        """Check every call of a botocore session's clients, or of one client by its events."""
        hooks.register(_HOOK, self._on_call)

    def allows(self, access: Access) -> bool:
        """Whether the role may, and may use the key if there is one; the answer is recorded."""
        return all(map(self._allows, (access, *key_uses(access, self._role.keys))))

    def _allows(self, access: Access) -> bool:
        allowed = is_allowed(self._role.statements, access)
        self._record(access, allowed)
        return allowed

    def _on_call(self, params: dict[str, Any], model: Any, **_rest: object) -> None:
        """The hook; `model` is botocore's OperationModel."""
        service_id = str(model.service_model.service_id)
        try:
            needed = accesses(service_id, model.name, params, table_arn=self._table_arn)
        except UnknownOperationError as error:
            unknown = Access(f"{service_id}:{model.name} ({error})", "*")
            raise self._denied(unknown, model) from error
        keys = [use for one in needed for use in key_uses(one, self._role.keys)]
        for access in (*needed, *keys):
            if not self._allows(access):
                raise self._denied(access, model)

    def _table_arn(self, name: str) -> str:
        return self._arns.get(name, f"arn:aws:dynamodb:::table/{name}")

    def denial(self, access: Access) -> str:
        """What AWS says when it refuses the access."""
        user = self._role.arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
        return (
            f"User: {user}/{self._session} is not authorized to perform: {access.action} on"
            f" resource: {access.resource} because no identity-based policy allows the"
            f" {access.action} action"
        )

    def _denied(self, access: Access, model: Any) -> ClientError:
        s3 = model.service_model.service_id == "S3"  # which has a name of its own for it
        code = "AccessDenied" if s3 else "AccessDeniedException"
        return ClientError({"Error": {"Code": code, "Message": self.denial(access)}}, model.name)


def is_allowed(statements: Iterable[Statement], access: Access) -> bool:
    """Whether the statements allow it: a Deny wins, and nothing is allowed by default."""
    matching = {one.effect for one in statements if matches(one, access)}
    return matching == {"Allow"}


def matches(statement: Statement, access: Access) -> bool:
    """Whether a statement speaks of the access."""
    if statement.via and statement.via != access.via:
        return False
    return any(
        _pattern(action.lower()).fullmatch(access.action.lower()) for action in statement.actions
    ) and any(_pattern(resource).fullmatch(access.resource) for resource in statement.resources)


@lru_cache
def _pattern(wildcards: str) -> re.Pattern[str]:
    translated = re.escape(wildcards).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(translated, re.DOTALL)
