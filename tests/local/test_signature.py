"""Signed requests: those of AWS's own signer pass, and anything that was changed does not."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from api.client.signing import SERVICE, SignedRequests
from infra.local.authorization import RefusedError
from infra.local.proxy_event import HttpRequest
from infra.local.signature import verified_key

EVENTS = "http://127.0.0.1:8000/events"
REGION = "eu-central-1"
SECRETS = {"KEY": "secret"}
KEY = Credentials("KEY", "secret")
TIME = "%Y%m%dT%H%M%SZ"


def received(request: httpx.Request) -> HttpRequest:
    """A request as the gateway gets it over the wire."""
    path, _, query = request.url.raw_path.decode().partition("?")
    headers = tuple((name.lower(), value) for name, value in request.headers.items())
    return HttpRequest(request.method, path, query, headers, request.content, "127.0.0.1")


def signed(
    method: str = "POST",
    url: str = EVENTS,
    *,
    key: Credentials = KEY,
    region: str = REGION,
    **options: Any,
) -> HttpRequest:
    request = httpx.Request(method, url, **options)
    return received(next(SignedRequests(key, region=region).sync_auth_flow(request)))


def with_header(request: HttpRequest, name: str, value: str) -> HttpRequest:
    others = ((n, v) for n, v in request.headers if n != name)
    return replace(request, headers=(*others, (name, value)))


def key_of(request: HttpRequest, *, later: timedelta = timedelta()) -> str:
    return verified_key(request, secrets=SECRETS, region=REGION, now=datetime.now(UTC) + later)


def refusal(request: HttpRequest, *, later: timedelta = timedelta()) -> str:
    with pytest.raises(RefusedError) as caught:
        key_of(request, later=later)
    assert caught.value.error.status == 403
    return str(caught.value.error.exception)


@pytest.mark.parametrize(
    "url",
    [
        f"{EVENTS}/a%2Fb%23%20c",
        f"{EVENTS}/%2e%2e",
        f"{EVENTS}?type=a%20b%2Bc&from=x&type=%C3%A4&order=",
        f"{EVENTS}?type=a+b&z=~&a=*",
        "http://localhost/types",
    ],
)
def test_what_was_signed_passes(url: str) -> None:
    assert key_of(signed("GET", url)) == "KEY"
    assert key_of(signed("POST", url, json={"id": "1"})) == "KEY"


@given(st.text(min_size=1, max_size=40), st.text(max_size=40), st.binary(max_size=40))
def test_any_query_and_body_can_be_signed(name: str, value: str, body: bytes) -> None:
    name, value = (text.encode("utf-8", "replace").decode() for text in (name, value))
    assert key_of(signed("POST", params={name: value}, content=body)) == "KEY"


def test_the_token_of_a_role_is_signed_too() -> None:
    request = signed(key=Credentials("KEY", "secret", "token"))
    assert key_of(request) == "KEY"
    assert refusal(with_header(request, "x-amz-security-token", "other")) == "InvalidSignature"


def test_an_unsigned_request_misses_its_authentication_token() -> None:
    assert refusal(received(httpx.Request("GET", EVENTS))) == "MissingAuthenticationToken"


@pytest.mark.parametrize(
    "text", ["", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Signature="]
)
def test_half_a_signature_is_incomplete(text: str) -> None:
    assert refusal(with_header(signed(), "authorization", text)) == "IncompleteSignature"


def test_an_unknown_key_is_refused() -> None:
    assert refusal(signed(key=Credentials("OTHER", "secret"))) == "UnrecognizedClient"


CHANGED: dict[str, Callable[[HttpRequest], HttpRequest]] = {
    "method": lambda request: replace(request, method="PUT"),
    "path": lambda request: replace(request, path="/types"),
    "query": lambda request: replace(request, query="type=a&type=c"),
    "body": lambda request: replace(request, body=b'{"id": "2"}'),
    "host": lambda request: with_header(request, "host", "elsewhere"),
    "content type": lambda request: with_header(request, "content-type", "text/plain"),
    "secret": lambda _: signed(key=Credentials("KEY", "Secret")),
    "scope": lambda request: with_header(
        request,
        "authorization",
        dict(request.headers)["authorization"].replace("/execute-api/", "/s3/"),
    ),
    "region": lambda _: signed(region="us-east-1"),
    "time": lambda request: with_header(request, "x-amz-date", a_minute_before(request)),
    "no time": lambda request: with_header(request, "x-amz-date", "now"),
    "unsigned header": lambda request: with_header(request, "x-amz-security-token", "added"),
}


def a_minute_before(request: HttpRequest) -> str:
    signed_at = datetime.strptime(dict(request.headers)["x-amz-date"], TIME).replace(tzinfo=UTC)
    return f"{signed_at - timedelta(minutes=1):{TIME}}"


@pytest.mark.parametrize("what", CHANGED)
def test_a_request_that_was_changed_is_refused(what: str) -> None:
    request = signed(json={"id": "1"}, url=f"{EVENTS}?type=a&type=b")
    assert key_of(request) == "KEY"
    assert refusal(CHANGED[what](request)) == "InvalidSignature"


def test_the_host_must_be_signed() -> None:
    request = signed()
    text = dict(request.headers)["authorization"]
    changed = with_header(request, "authorization", text.replace("host;", ""))
    assert changed != request
    with pytest.raises(RefusedError, match="must be signed: host"):
        key_of(changed)


@pytest.mark.parametrize("declared", ["UNSIGNED-PAYLOAD", hashlib.sha256(b"sent").hexdigest()])
def test_a_payload_is_hashed_whatever_its_sender_declares(declared: str) -> None:
    request = AWSRequest("POST", EVENTS, {"X-Amz-Content-SHA256": declared}, data=b"sent")
    SigV4Auth(KEY, SERVICE, REGION).add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    sent = HttpRequest(
        "POST", "/events", "", (*headers.items(), ("host", "127.0.0.1:8000")), b"sent", "127.0.0.1"
    )
    assert refusal(replace(sent, body=b"other")) == "InvalidSignature"
    if declared == "UNSIGNED-PAYLOAD":
        assert refusal(sent) == "InvalidSignature"
    else:
        assert key_of(sent) == "KEY"


def test_a_signature_is_good_for_five_minutes_on_either_side() -> None:
    request = signed()
    for minutes in (-4.9, 4.9):
        assert key_of(request, later=timedelta(minutes=minutes)) == "KEY"
    for minutes in (-5.1, 5.1):
        assert refusal(request, later=timedelta(minutes=minutes)) == "InvalidSignature"
