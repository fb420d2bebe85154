"""AWS_IAM methods of the local gateway: signed by a user whose policies allow it, or refused."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.client.signing import SignedRequests
from infra.local.authorization import OPEN
from infra.local.gateway import Gateway
from infra.local.iam_authorizer import AWS_IAM, IamAuthorizer
from infra.local.principals import local_credentials, local_principals
from infra.local.proxy_event import HttpRequest, HttpResponse
from infra.local.resources import Api, Policy, Route, Statement
from infra.local.workers import InvokeResult

REGION = "eu-central-1"
ROUTES = (
    Route("POST", "/events", "r1", "write", AWS_IAM),
    Route("GET", "/events/{id}", "r2", "read", AWS_IAM),
    Route("GET", "/open", "r3", "open"),
)
API = Api("api", "prod", ROUTES, ("*/*",), {})
METHODS = f"arn:aws:execute-api:{REGION}:000000000000:api/prod"


def policy(name: str, *methods: str) -> Policy:
    on = tuple(f"{METHODS}/{method}" for method in methods)
    return Policy(name, (Statement("Allow", ("execute-api:Invoke",), on),))


POLICIES = [policy("Writer", "POST/events"), policy("Reader", "GET/events/*")]


class Stage:
    """The gateway with its users, and what its functions were given."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "credentials"
        self.contexts: list[Any] = []
        principals = local_principals(POLICIES, self.file)
        iam = IamAuthorizer(principals, api=API, region=REGION)
        self._gateway = Gateway(API, invoke=self._invoke, authorizers={**OPEN, AWS_IAM: iam})

    def _invoke(self, _name: str, event: Any) -> InvokeResult:
        self.contexts.append(event["requestContext"])
        return InvokeResult(json.dumps({"statusCode": 200, "body": "{}"}).encode())

    def send(self, method: str, path: str, *, user: str | None, **headers: str) -> HttpResponse:
        request = httpx.Request(method, f"http://127.0.0.1{path}", headers=headers)
        if user:
            auth = SignedRequests(local_credentials(self.file, user=user), region=REGION)
            request = next(auth.sync_auth_flow(request))
        return self._gateway.respond(
            HttpRequest(
                method,
                request.url.raw_path.decode(),
                "",
                tuple((name.lower(), value) for name, value in request.headers.items()),
                b"",
                "127.0.0.1",
            )
        )


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.mark.parametrize(
    ("user", "method", "path", "status"),
    [
        ("writer", "POST", "/events", 200),
        ("writer", "GET", "/events/1", 403),
        ("reader", "GET", "/events/1", 200),
        ("reader", "GET", "/events/a%2Fb", 200),
        ("reader", "POST", "/events", 403),
        ("default", "POST", "/events", 200),
        ("default", "GET", "/events/1", 200),
        (None, "POST", "/events", 403),
        (None, "GET", "/events/1", 403),
        (None, "GET", "/open", 200),
    ],
)
def test_write_and_read_are_separate_permissions(
    stage: Stage, user: str | None, method: str, path: str, status: int
) -> None:
    assert stage.send(method, path, user=user).status == status
    assert len(stage.contexts) == (status == 200), "nothing is invoked for who is refused"


def test_a_refusal_says_who_may_not_do_what_and_hides_the_account(stage: Stage) -> None:
    response = stage.send("POST", "/events", user="reader")
    assert dict(response.headers)["x-amzn-ErrorType"] == "AccessDeniedException"
    message = json.loads(response.body)["message"]
    assert "user/reader is not authorized to perform: execute-api:Invoke" in message
    assert f"execute-api:{REGION}:********0000:api/prod/POST/events" in message


def test_the_function_is_told_who_signed_and_no_header_changes_that(stage: Stage) -> None:
    forged = {"x-amzn-user-arn": "arn:aws:iam::1:user/eve", "x-forwarded-user": "eve"}
    assert stage.send("POST", "/events", user="writer", **forged).status == 200
    assert stage.send("GET", "/open", user="writer", **forged).status == 200
    signed, unsigned = (context["identity"] for context in stage.contexts)
    arn = "arn:aws:iam::000000000000:user/writer"
    assert (signed["userArn"], signed["caller"], signed["accessKey"]) == (
        *(arn, "writer", "LOCALWRITER"),
    )
    assert "userArn" not in unsigned, "an open method believes no signature"


def test_keys_stay_the_same_and_are_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    first = local_principals(POLICIES, file)
    again = local_principals([*POLICIES, policy("Auditor", "GET/events")], file)
    assert {one.name: one.secret for one in first}.items() <= {
        one.name: one.secret for one in again
    }.items()
    assert {one.name for one in again} == {"writer", "reader", "auditor", "default"}
    assert len({one.secret for one in again}) == 4
    assert file.stat().st_mode & 0o777 == 0o600
