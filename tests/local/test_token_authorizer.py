"""Lambda authorizers on the local gateway: what the function says of a token, applied."""

import json
from typing import Any

import pytest

from infra.local.gateway import Gateway
from infra.local.proxy_event import HttpRequest, HttpResponse
from infra.local.resources import Api, Route, TokenAuthorizer
from infra.local.token_authorizer import CUSTOM, TokenAuthorizers
from infra.local.workers import InvokeResult

REGION = "eu-central-1"
STAGE = f"arn:aws:execute-api:{REGION}:000000000000:api/prod"
ROUTES = (
    Route("POST", "/events", "r1", "write", CUSTOM, "tokens"),
    Route("GET", "/events/{id}", "r2", "read", CUSTOM, "tokens"),
)
TOKENS = TokenAuthorizer("tokens", "authorize", "authorization", r"^Bearer \S+$", 60)
API = Api("api", "prod", ROUTES, ("*/*",), {}, {"tokens": TOKENS})


def policy(effect: str, *methods: str) -> dict[str, Any]:
    on = [f"{STAGE}/{method}" for method in methods]
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": on}
    return {"principalId": "anna", "policyDocument": {"Statement": [statement]}}


class Stage:
    """The gateway in front of an authorizer that gives one answer."""

    def __init__(self, answer: Any, *, failed: bool = False) -> None:
        self.asked: list[Any] = []
        self.contexts: list[Any] = []
        self.time = 0.0
        self._answer, self._failed = answer, failed
        custom = TokenAuthorizers(
            api=API, region=REGION, invoke=self._invoke, now=lambda: self.time
        )
        self._gateway = Gateway(API, invoke=self._invoke, authorizers={CUSTOM: custom})

    def _invoke(self, name: str, event: Any) -> InvokeResult:
        if name == "authorize":
            self.asked.append(event)
            return InvokeResult(json.dumps(self._answer).encode(), failed=self._failed)
        self.contexts.append(event["requestContext"])
        return InvokeResult(json.dumps({"statusCode": 200}).encode())

    def send(self, method: str, path: str, authorization: str | None) -> HttpResponse:
        headers = (("authorization", authorization),) if authorization is not None else ()
        return self._gateway.respond(HttpRequest(method, path, "", headers, b"", "127.0.0.1"))


def test_the_function_is_told_the_principal_and_the_context() -> None:
    stage = Stage(policy("Allow", "POST/*") | {"context": {"level": 3}})
    assert stage.send("POST", "/events", "Bearer t").status == 200
    [context] = stage.contexts
    assert context["authorizer"] == {"principalId": "anna", "level": "3"}
    [asked] = stage.asked
    assert asked == {
        "type": "TOKEN",
        "methodArn": f"{STAGE}/POST/events",
        "authorizationToken": "Bearer t",
    }


@pytest.mark.parametrize("authorization", [None, "", "Basic x", "Bearer", "Bearer a b"])
def test_what_is_no_token_is_unauthorized_without_asking(authorization: str | None) -> None:
    stage = Stage(policy("Allow", "*"))
    assert stage.send("POST", "/events", authorization).status == 401
    assert (stage.asked, stage.contexts) == ([], [])


@pytest.mark.parametrize(
    ("answer", "failed", "status"),
    [
        (policy("Allow", "GET/*"), False, 403),
        (policy("Deny", "*"), False, 403),
        ({"errorMessage": "Unauthorized"}, True, 401),
        ({"errorMessage": "unauthorized"}, True, 500),
        ({"errorMessage": "KeyError"}, True, 500),
        (None, False, 500),
        ({"principalId": "anna"}, False, 500),
        ({"policyDocument": policy("Allow", "*")["policyDocument"]}, False, 500),
    ],
)
def test_anything_but_a_policy_that_allows_the_method_is_refused(
    answer: Any, failed: bool, status: int
) -> None:
    stage = Stage(answer, failed=failed)
    assert stage.send("POST", "/events", "Bearer t").status == status
    assert stage.contexts == []


def test_an_answer_counts_for_its_token_and_time_and_for_every_method() -> None:
    stage = Stage(policy("Allow", "POST/*"))
    statuses = [stage.send("POST", "/events", "Bearer t").status for _ in range(2)]
    assert statuses == [200, 200]
    assert stage.send("GET", "/events/1", "Bearer t").status == 403
    assert len(stage.asked) == 1
    stage.send("POST", "/events", "Bearer u")
    assert len(stage.asked) == 2
    stage.time = 61
    stage.send("POST", "/events", "Bearer t")
    assert len(stage.asked) == 3


def test_a_refusal_is_asked_again() -> None:
    stage = Stage({"errorMessage": "Unauthorized"}, failed=True)
    for _ in range(2):
        assert stage.send("POST", "/events", "Bearer t").status == 401
    assert len(stage.asked) == 2
