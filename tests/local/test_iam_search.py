"""Requests to OpenSearch against a role's policies: which action one needs, and who may."""

import pytest
from urllib3 import HTTPConnectionPool

from infra.local.iam_actions import Access
from infra.local.iam_guard import Guard
from infra.local.iam_search import search_access, watch_requests
from infra.local.iam_usage import Grant, GuardReport, Usage
from infra.local.resources import Role, Statement
from projections.opensearch import OpenSearchUnavailableError, Service, connect

REGION = "eu-central-1"
ADDRESS, COLLECTION_ADDRESS = "http://127.0.0.1:1", "http://127.0.0.1:2"  # nothing answers there
DOMAIN = f"arn:aws:es:{REGION}:000000000000:domain/search"
COLLECTION = f"arn:aws:aoss:{REGION}:000000000000:collection/events"
ARNS = {ADDRESS: DOMAIN, COLLECTION_ADDRESS: COLLECTION}
READ = Statement("Allow", ("es:ESHttpGet",), (f"{DOMAIN}/events-search*",))
COLLECT = Statement("Allow", ("aoss:APIAccessAll",), (COLLECTION,))


def signature(service: str) -> str:
    scope = f"20261125/{REGION}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential=key/{scope}, SignedHeaders=host, Signature=0"


@pytest.mark.parametrize(
    ("method", "url", "action", "path"),
    [
        ("POST", "/_bulk?refresh=false", "es:ESHttpPost", "/_bulk"),
        ("GET", "/", "es:ESHttpGet", "/"),
        ("PUT", "/a%2Fb", "es:ESHttpPut", "/a%2Fb"),
        ("DELETE", "/a", "es:ESHttpDelete", "/a"),
        ("HEAD", "/a", "es:ESHttpHead", "/a"),
    ],
)
def test_a_domain_is_asked_for_a_method_on_a_path(
    method: str, url: str, action: str, path: str
) -> None:
    needed = search_access(method, url, signature=signature("es"), arn=DOMAIN)
    assert needed == Access(action, f"{DOMAIN}{path}")


def test_a_collection_is_asked_for_all_or_nothing() -> None:
    needed = search_access("DELETE", "/a", signature=signature("aoss"), arn=COLLECTION)
    assert needed == Access("aoss:APIAccessAll", COLLECTION)


@pytest.fixture
def usage(monkeypatch: pytest.MonkeyPatch) -> Usage:
    """What this process does, speaking for a role that may read a domain and use a collection."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "any")
    original = HTTPConnectionPool.urlopen
    monkeypatch.setattr(HTTPConnectionPool, "urlopen", original)  # to be there again afterwards
    role = Role("role", "arn:aws:iam::000000000000:role/role", (READ, COLLECT))
    usage = Usage([role])
    guard = Guard(
        role,
        session="function",
        arns=ARNS,
        record=lambda access, allowed: usage.record(role, access, allowed),
    )
    watch_requests(guard, arns=ARNS)
    return usage


def test_what_is_granted_is_sent_and_counted(usage: Usage) -> None:
    with pytest.raises(OpenSearchUnavailableError):  # it was sent: to nobody
        connect(ADDRESS, service="es", region=REGION).ask("GET", "/events-search/_search?q=a b")
    assert usage.report().unused == [Grant("role", "aoss:APIAccessAll", COLLECTION)]
    with pytest.raises(OpenSearchUnavailableError):
        connect(COLLECTION_ADDRESS, service="aoss", region=REGION).ask("POST", "/_bulk", b"{}")
    assert usage.report() == GuardReport(refused=[], unused=[])


@pytest.mark.parametrize(
    ("address", "service", "method", "path", "refused"),
    [
        (ADDRESS, "es", "GET", "/other", ("es:ESHttpGet", f"{DOMAIN}/other")),
        (ADDRESS, "es", "DELETE", "/events-search", ("es:ESHttpDelete", f"{DOMAIN}/events-search")),
        (ADDRESS, "aoss", "GET", "/events-search", ("aoss:APIAccessAll", DOMAIN)),
        (ADDRESS, None, "GET", "/events-search", (":ESHttpGet", f"{DOMAIN}/events-search")),
        (COLLECTION_ADDRESS, "es", "GET", "/a", ("es:ESHttpGet", f"{COLLECTION}/a")),
    ],
)
def test_what_is_not_granted_is_answered_with_403_and_not_sent(
    usage: Usage,
    address: str,
    service: Service | None,
    method: str,
    path: str,
    refused: tuple[str, str],
) -> None:
    answer = connect(address, service=service, region=REGION).ask(method, path)
    assert answer.status == 403
    assert answer.json()["Message"] == (
        "User: arn:aws:sts::000000000000:assumed-role/role/function is not authorized to perform:"
        f" {refused[0]} on resource: {refused[1]} because no identity-based policy allows the"
        f" {refused[0]} action"
    )
    assert usage.report().refused == [Grant("role", *refused)]


def test_requests_to_others_are_not_this_guards_matter(usage: Usage) -> None:
    with pytest.raises(OpenSearchUnavailableError):
        connect("http://127.0.0.1:3", service=None).ask("GET", "/")
    assert usage.report().refused == []
