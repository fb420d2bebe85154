"""Has the template's custom resources made as CloudFormation does: by one call of their function.

Invariant: a stack whose custom resources are not all made does not start.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.errors import LocalStackError
from infra.local.response_url import Answer, response_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.workers import InvokeResult

    Invoke = Callable[[str, Any], InvokeResult]

CUSTOM = "Custom::"
"""How the types of custom resources begin."""

_MADE = "custom-resources.json"


@dataclass(frozen=True)
class CustomResource:
    """A resource that a function of the stack makes; `kind` is its type."""

    logical_id: str
    kind: str
    properties: Mapping[str, Any]

    @property
    def function(self) -> str:
        """The name of the function."""
        return str(self.properties["ServiceToken"]).rpartition(":")[2]


def make_custom_resources(
    resources: Sequence[CustomResource], *, invoke: Invoke, stack_id: str, data: Path
) -> None:
    """Create each, or update what an earlier start on the folder `data` has created.

    An update comes with each start, as what the function looks after may have been emptied since.

    Raises: LocalStackError with the reason when one of them fails.
    """
    file = data / _MADE
    made = json.loads(file.read_text("utf-8")) if file.exists() else {}
    for resource in resources:
        properties = _as_text(resource.properties)
        earlier = made.get(resource.logical_id)
        request = _request(resource, properties, earlier) | {"StackId": stack_id}
        answer = _answer(resource, request, invoke)
        made[resource.logical_id] = {
            "PhysicalResourceId": answer["PhysicalResourceId"],
            "OldResourceProperties": properties,
        }
        file.write_text(json.dumps(made), encoding="utf-8")


def _request(
    resource: CustomResource, properties: Any, earlier: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "RequestType": "Update" if earlier else "Create",
        "RequestId": str(uuid.uuid4()),
        "ResourceType": resource.kind,
        "LogicalResourceId": resource.logical_id,
        "ServiceToken": properties["ServiceToken"],
        "ResourceProperties": properties,
        **(earlier or {}),
    }


def _answer(resource: CustomResource, request: Mapping[str, Any], invoke: Invoke) -> Answer:
    with response_url() as (url, answers):
        result = invoke(resource.function, {**request, "ResponseURL": url})
    if result.failed:
        error = result.json()
        raise _failed(resource, f"{error['errorType']}: {error['errorMessage']}")
    if not answers:  # it has ended: none can come any more
        raise _failed(resource, "its function sent no answer")
    answer = answers[-1]
    if answer.get("Status") != "SUCCESS":
        raise _failed(resource, answer.get("Reason", "without a reason"))
    return answer


def _failed(resource: CustomResource, reason: str) -> LocalStackError:
    return LocalStackError(
        f"{resource.logical_id} ({resource.kind}) could not be made: {reason}",
        remedy=f"The log of {resource.function} has more.",
    )


def _as_text(value: Any) -> Any:
    """Properties as a function gets them: every scalar is a string."""
    if isinstance(value, Mapping):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)
