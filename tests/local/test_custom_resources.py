"""Custom resources: what their function is sent, and what becomes of its answer."""

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from infra.local.custom_resources import CustomResource, make_custom_resources
from infra.local.errors import LocalStackError
from infra.local.response_url import response_url
from infra.local.workers import InvokeResult

STACK_ID = "arn:aws:cloudformation:eu-central-1:000000000000:stack/app/1"
SETUP = "arn:aws:lambda:eu-central-1:000000000000:function:Setup"
RESOURCE = CustomResource(
    "Installed", "Custom::Setup", {"ServiceToken": SETUP, "Version": 3, "On": True, "Of": ["a"]}
)
AS_TEXT = {"ServiceToken": SETUP, "Version": "3", "On": "true", "Of": ["a"]}
SUCCESS = {"Status": "SUCCESS", "PhysicalResourceId": "search"}

Handler = Callable[[dict[str, Any]], None]


def put(url: str, answer: Any) -> None:
    request = urllib.request.Request(url, json.dumps(answer).encode(), method="PUT")
    with urllib.request.urlopen(request, timeout=5):
        pass


class Function:
    """A function that answers `answer`, if anything; `requests` is what it was sent."""

    def __init__(self, answer: dict[str, Any] | None, *, error: str = "") -> None:
        self.requests: list[dict[str, Any]] = []
        self._answer = answer
        self._error = error

    def invoke(self, name: str, event: Any) -> InvokeResult:
        assert name == "Setup"
        self.requests.append(event)
        if self._answer is not None:
            put(event["ResponseURL"], self._answer)
        if self._error:
            error = {"errorType": "ValueError", "errorMessage": self._error}
            return InvokeResult(json.dumps(error).encode(), failed=True)
        return InvokeResult(b"null")


def make(function: Function, data: Path) -> None:
    make_custom_resources([RESOURCE], invoke=function.invoke, stack_id=STACK_ID, data=data)


def test_it_is_created_once_and_updated_with_each_start_from_then_on(tmp_path: Path) -> None:
    function = Function(SUCCESS)
    make(function, tmp_path)
    make(function, tmp_path)
    create, update = function.requests
    assert create.pop("ResponseURL") != update.pop("ResponseURL")
    assert create.pop("RequestId") != update.pop("RequestId")
    common = {
        "ResourceType": "Custom::Setup",
        "LogicalResourceId": "Installed",
        "StackId": STACK_ID,
        "ServiceToken": SETUP,
        "ResourceProperties": AS_TEXT,
    }
    assert create == common | {"RequestType": "Create"}
    earlier = {"PhysicalResourceId": "search", "OldResourceProperties": AS_TEXT}
    assert update == common | earlier | {"RequestType": "Update"}


FAILING: dict[str, tuple[Function, str]] = {
    "answer": (
        Function({"Status": "FAILED", "Reason": "no such host", "PhysicalResourceId": "x"}),
        r"Installed \(Custom::Setup\) could not be made: no such host\. The log of Setup has more",
    ),
    "error": (Function(None, error="broken"), "ValueError: broken"),
    "silence": (Function(None), "its function sent no answer"),
}


@pytest.mark.parametrize("how", FAILING)
def test_a_failure_keeps_the_stack_from_starting_and_is_no_creation(
    how: str, tmp_path: Path
) -> None:
    function, reason = FAILING[how]
    with pytest.raises(LocalStackError, match=reason):
        make(function, tmp_path)
    with pytest.raises(LocalStackError, match=reason):
        make(function, tmp_path)
    assert [one["RequestType"] for one in function.requests] == ["Create", "Create"]


def test_an_answer_to_another_address_is_refused() -> None:
    with response_url() as (url, answers):
        with pytest.raises(HTTPError, match="403") as refused:
            put(f"{url}x", SUCCESS)
        refused.value.close()
        assert answers == []
