"""The local API Gateway over real HTTP: what functions are given, and what clients get."""

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from infra.local.gateway import MAX_BODY, Gateway, GatewayServer
from infra.local.resources import Api, GatewayResponse, Route
from infra.local.workers import InvokeResult, RequestTooLargeError

OK = {"statusCode": 200, "body": "{}"}
PROBLEM = GatewayResponse(
    404,
    {"application/problem+json": '{"said":$context.error.messageString,"id":"$context.requestId"}'},
    {"X-Problem": "yes"},
)
FAMILY = GatewayResponse(None, {"application/json": '{"type":"$context.error.responseType"}'}, {})
API = Api(
    id="api",
    stage="dev",
    routes=(
        Route("POST", "/events", "r1", "write"),
        Route("GET", "/events/{id}", "r2", "read"),
        Route("GET", "/events/latest", "r3", "latest"),
        Route("ANY", "/any/{rest+}", "r4", "any"),
    ),
    binary_media_types=("*/*",),
    minimum_compression=100,
    responses={"MISSING_AUTHENTICATION_TOKEN": PROBLEM, "DEFAULT_5XX": FAMILY},
)


class Calls:
    """Stands for the functions: keeps what they were given, and gives one answer."""

    def __init__(self, answer: Any = OK, *, failed: bool = False) -> None:
        self.seen: list[tuple[str, Any]] = []
        self._result = InvokeResult(json.dumps(answer).encode(), failed=failed)

    def __call__(self, name: str, event: Any) -> InvokeResult:
        self.seen.append((name, event))
        return self._result

    @property
    def event(self) -> Any:
        [(_, event)] = self.seen
        return event


@contextmanager
def serving(
    invoke: Callable[[str, Any], InvokeResult], *, api: Api = API, timeout: float = 29
) -> Iterator[httpx.Client]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with (
            Gateway(api, invoke=invoke, timeout=timeout) as gateway,
            GatewayServer(gateway, listener),
            httpx.Client(base_url=url) as client,
        ):
            yield client


def raw_get(client: httpx.Client, target: str) -> bytes:
    """A request line that no client library has had its hands on."""
    host, port = client.base_url.host, client.base_url.port or 0
    with socket.create_connection((host, port)) as connection:
        connection.sendall(
            f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        )
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize(
    "id", ["a%2Fb", "%C3%A4", "a%20b", "100%25", "a+b", "%2e%2e", "%zz", "a;b"]
)
def test_path_parameters_arrive_as_sent(id: str) -> None:
    calls = Calls()
    with serving(calls) as client:
        assert raw_get(client, f"/events/{id}").startswith(b"HTTP/1.1 200")
    assert calls.event["path"] == f"/events/{id}"
    assert calls.event["pathParameters"] == {"id": id}
    assert calls.event["resource"] == "/events/{id}"


def test_query_parameters_are_decoded_once() -> None:
    calls = Calls()
    with serving(calls) as client:
        raw_get(client, "/events/1?a=1&a=%252F&b=%C3%A4+x&c=")
    assert calls.event["queryStringParameters"] == {"a": "%2F", "b": "ä x", "c": ""}
    assert calls.event["multiValueQueryStringParameters"] == {
        "a": ["1", "%2F"],
        "b": ["ä x"],
        "c": [""],
    }


def test_the_event_has_what_a_proxy_integration_gives() -> None:
    calls = Calls()
    with serving(calls) as client:
        client.post("/events", content=b"\xff{", headers=[("X-A", "1"), ("X-A", "2")])
    event = calls.event
    assert calls.seen[0][0] == "write"
    assert (event["httpMethod"], event["isBase64Encoded"]) == ("POST", True)
    assert base64.b64decode(event["body"]) == b"\xff{"
    assert event["headers"]["x-a"] == "2"
    assert event["multiValueHeaders"]["x-a"] == ["1", "2"]
    assert event["headers"]["X-Forwarded-For"] == "127.0.0.1"
    absent = ("queryStringParameters", "pathParameters", "stageVariables")
    assert [event[name] for name in absent] == [None, None, None]
    context = event["requestContext"]
    assert context["stage"] == "dev"
    assert (context["path"], context["resourcePath"]) == ("/events", "/events")
    assert context["identity"]["sourceIp"] == "127.0.0.1"


def test_a_request_without_a_body_has_none() -> None:
    calls = Calls()
    with serving(calls) as client:
        client.get("/events/1")
    assert (calls.event["body"], calls.event["isBase64Encoded"]) == (None, False)


def test_bodies_are_text_without_binary_media_types() -> None:
    calls = Calls()
    api = Api(API.id, API.stage, API.routes, (), API.responses)
    with serving(calls, api=api) as client:
        client.post("/events", content=b"\xff{")
    assert (calls.event["body"], calls.event["isBase64Encoded"]) == ("\ufffd{", False)


@pytest.mark.parametrize(
    ("method", "path", "function"),
    [
        ("GET", "/events/latest", "latest"),
        ("GET", "/events/latest2", "read"),
        ("DELETE", "/any/a/b", "any"),
    ],
)
def test_the_most_specific_route_is_taken(method: str, path: str, function: str) -> None:
    calls = Calls()
    with serving(calls) as client:
        client.request(method, path)
    assert [name for name, _ in calls.seen] == [function]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nope"),
        ("GET", "/events"),
        ("GET", "/events/"),
        ("GET", "/events/1/2"),
        ("HEAD", "/events/1"),
        ("OPTIONS", "/events"),
        ("DELETE", "/events/1"),
    ],
)
def test_an_unknown_route_gets_the_templates_answer(method: str, path: str) -> None:
    calls = Calls()
    with serving(calls) as client:
        response = client.request(method, path)
    assert calls.seen == []
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["X-Problem"] == "yes"
    if method != "HEAD":
        assert response.json() == {
            "said": "Missing Authentication Token",
            "id": response.headers["x-amzn-RequestId"],
        }


def test_an_answer_keeps_its_status_headers_and_body() -> None:
    answer = {
        "statusCode": 201,
        "headers": {"Location": "/events/1", "Content-Type": "text/plain"},
        "multiValueHeaders": {"Link": ["a", "b"]},
        "body": "ä",
    }
    with serving(Calls(answer)) as client:
        response = client.post("/events", content=b"{}")
    assert (response.status_code, response.content) == (201, "ä".encode())
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["Location"] == "/events/1"
    assert response.headers.get_list("Link") == ["a", "b"]


def test_a_base64_answer_is_decoded() -> None:
    body = base64.b64encode(b"\x00\xff").decode()
    with serving(Calls({"statusCode": 200, "body": body, "isBase64Encoded": True})) as client:
        response = client.get("/events/1")
    assert response.content == b"\x00\xff"
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        {},
        {"statusCode": "x"},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "headers": {"X": ["list"]}},
        {"statusCode": 200, "body": "*", "isBase64Encoded": True},
    ],
)
def test_a_malformed_answer_is_a_bad_gateway(answer: Any) -> None:
    with serving(Calls(answer)) as client:
        response = client.get("/events/1")
    assert (response.status_code, response.json()) == (502, {"type": "INTEGRATION_FAILURE"})


def test_a_functions_error_is_a_bad_gateway() -> None:
    with serving(Calls({"errorType": "ValueError"}, failed=True)) as client:
        assert client.get("/events/1").status_code == 502


def test_a_function_that_takes_too_long_is_a_timeout() -> None:
    release = threading.Event()

    def slow(_name: str, _event: Any) -> InvokeResult:
        release.wait(20)
        return InvokeResult(b"{}")

    with serving(slow, timeout=0.2) as client:
        response = client.get("/events/1")
        release.set()
    assert (response.status_code, response.json()) == (504, {"type": "INTEGRATION_TIMEOUT"})


def test_a_body_over_ten_megabytes_is_too_large() -> None:
    calls = Calls()
    with serving(calls) as client:
        assert client.post("/events", content=b"x" * MAX_BODY).status_code == 200
        response = client.post("/events", content=b"x" * (MAX_BODY + 1))
    assert (response.status_code, response.json()) == (413, {"message": "Request Too Long"})
    assert len(calls.seen) == 1


def test_an_event_over_lambdas_limit_is_too_large() -> None:
    def refuse(_name: str, _event: Any) -> InvokeResult:
        raise RequestTooLargeError

    with serving(refuse) as client:
        assert client.post("/events", content=b"x").status_code == 413
