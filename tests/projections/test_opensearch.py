"""The port to OpenSearch against a server that keeps what it was sent."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import ClientError, NoCredentialsError

from infra.local.ports import free_port
from projections.opensearch import OpenSearchUnavailableError, Service, connect


class Kept(HTTPServer):
    """A server that keeps the requests, and answers with `status` after `hold` is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Keeping)
        self.status = 200
        self.hold = threading.Event()
        self.hold.set()
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Keeping(BaseHTTPRequestHandler):
    server: Kept

    def answer(self) -> None:
        headers = {name.lower(): text for name, text in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        self.server.requests.append((self.command, self.path, headers, body))
        self.server.hold.wait(10)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write('{"é":1.0}'.encode())

    do_GET = do_POST = answer  # noqa: N815  # the names that http.server asks for

    def log_message(self, *arguments: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def server() -> Iterator[Kept]:
    with Kept() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.hold.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> Credentials:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    return Credentials("key", "secret", "token")


@pytest.mark.parametrize("status", [200, 201, 404, 429, 503])
def test_every_status_is_an_answer(server: Kept, status: int) -> None:
    server.status = status
    answer = connect(server.endpoint, service=None).ask("GET", "/any")
    assert (answer.status, answer.json()) == (status, {"é": 1.0})


def test_a_request_is_sent_once_with_its_body_and_prefix(server: Kept) -> None:
    connect(f"{server.endpoint}/prefix/", service=None).ask("POST", "/i/_bulk?a=items.*", b"{}\n")
    [(method, path, headers, body)] = server.requests
    assert (method, path, body) == ("POST", "/prefix/i/_bulk?a=items.%2A", b"{}\n")
    assert headers["content-type"] == "application/x-ndjson"
    assert "authorization" not in headers


@pytest.mark.parametrize("service", ["es", "aoss"])
def test_a_request_is_signed_as_it_is_sent(
    server: Kept, credentials: Credentials, service: Service
) -> None:
    connect(server.endpoint, service=service).ask("POST", "/a,b/_search?x=y,z*&w", b'{"q":1}')
    [(method, path, headers, body)] = server.requests
    assert headers["x-amz-content-sha256"] == hashlib.sha256(body).hexdigest()
    assert headers["x-amz-security-token"] == "token"
    assert f"/eu-central-1/{service}/aws4_request" in headers["authorization"]
    signed = AWSRequest(method=method, url=f"{server.endpoint}{path}", data=body)
    signed.context["timestamp"] = headers["x-amz-date"]
    for name in ("x-amz-content-sha256", "x-amz-date", "x-amz-security-token"):
        signed.headers[name] = headers[name]
    auth = SigV4Auth(credentials, service, "eu-central-1")
    canonical = auth.string_to_sign(signed, auth.canonical_request(signed))
    assert headers["authorization"].endswith(f"Signature={auth.signature(canonical, signed)}")


def test_without_credentials_nothing_can_be_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(NoCredentialsError):
        connect("http://127.0.0.1", service="es")


def test_no_answer_in_time_may_be_one_later(server: Kept) -> None:
    server.hold.clear()
    with pytest.raises(OpenSearchUnavailableError, match=r"timed out.*read timeout=0\.05"):
        connect(server.endpoint, service=None).ask("GET", "/", timeout=0.05)


def test_nobody_listening_may_change() -> None:
    with pytest.raises(OpenSearchUnavailableError, match="refused"):
        connect(f"http://127.0.0.1:{free_port()}", service=None).ask("GET", "/")


def test_a_host_name_alone_means_https(server: Kept) -> None:
    with pytest.raises(OpenSearchUnavailableError, match="SSL"):
        connect(f"127.0.0.1:{server.server_port}", service=None).ask("GET", "/")
    assert server.requests == []


def test_what_is_no_url_is_refused() -> None:
    with pytest.raises(ValueError, match="no URL of OpenSearch"):
        connect("https://", service=None)


class Refused(Credentials):
    """A role that its caller may not assume."""

    def __init__(self) -> None:
        super().__init__("any", "any")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "AssumeRole")


def test_what_cannot_be_signed_is_no_fault_of_opensearch() -> None:
    search = connect(
        "http://127.0.0.1:9", service="es", region="eu-central-1", credentials=Refused()
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        search.ask("GET", "/")
