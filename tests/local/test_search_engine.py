"""Which OpenSearch the stack uses, and what is said when it cannot be used."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from infra.local.errors import LocalStackError, PortBusyError
from infra.local.ports import free_port
from infra.local.search_engine import RunningSearch, running_search


@pytest.fixture(params=[200, 401])
def answering(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """Address of a server that answers everything with one status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(request.param)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """The output is the test's."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", request.param
        server.shutdown()
        thread.join()


def found(data: Path, *, port: int | None = None, endpoint: str | None = None) -> RunningSearch:
    with running_search(data, port=port, endpoint=endpoint, say=print) as search:
        return search


def test_an_engine_that_runs_is_used_if_it_answers(
    answering: tuple[str, int], tmp_path: Path
) -> None:
    address, status = answering
    if status == 200:
        assert found(tmp_path, endpoint=f"{address}/") == RunningSearch(address)
        return
    with pytest.raises(LocalStackError, match=f"the OpenSearch at {address} answers 401"):
        found(tmp_path, endpoint=address)


def test_an_engine_that_does_not_run_is_told(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(LocalStackError, match=f"at {address} does not answer .*refused") as failed:
        found(tmp_path, endpoint=address)
    assert "leave --opensearch-endpoint out" in failed.value.remedy


def test_what_is_no_address_is_told(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match=r"at 127\.0\.0\.1 is no http://"):
        found(tmp_path, endpoint="127.0.0.1")


def test_a_busy_port_is_named_before_anything_is_fetched(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortBusyError, match=f"port {port} of .*OPENSEARCH_PORT=") as busy:
            found(tmp_path, port=port)
    assert "--opensearch-endpoint" in busy.value.remedy
