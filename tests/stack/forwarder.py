"""A way to OpenSearch that can be cut, be throttled, and refuse documents.

Invariant: what it lets through reaches the engine as it came, and so does the answer come back.
"""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import urlsplit

REFUSAL = {"type": "mapper_parsing_exception", "reason": "refused by the test"}

Reply = tuple[int, bytes]


class Forwarder:
    """What is broken: all of it where `down`, every third request, documents by their `_id`.

    `address` is where it listens.
    """

    def __init__(self, engine: str) -> None:
        self.address = ""
        self._engine = urlsplit(engine).netloc
        self._numbers = count()
        self.down = False
        self.throttling = False
        self.refused: frozenset[str] = frozenset()
        self.requests_while_down = 0

    def reply(self, method: str, path: str, body: bytes, kind: str) -> Reply | None:
        """The answer to a request; None where there is to be none."""
        if self.down:
            self.requests_while_down += 1
            return None
        if self.throttling and next(self._numbers) % 3 == 0:
            return 429, b'{"error": {"type": "too_many_requests"}, "status": 429}'
        if self.refused and urlsplit(path).path.endswith("/_bulk"):
            return _without(
                self.refused, body, lambda rest: self._ask(method, path, rest, kind=kind)
            )
        return self._ask(method, path, body, kind=kind)

    def _ask(self, method: str, path: str, body: bytes, *, kind: str) -> Reply:
        connection = http.client.HTTPConnection(self._engine, timeout=60)
        try:
            connection.request(method, path, body, {"Content-Type": kind} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def _without(refused: frozenset[str], body: bytes, ask: Callable[[bytes], Reply]) -> Reply:
    """A bulk request's answer, with refusals in the places of the documents that are refused."""
    lines = body.splitlines(keepends=True)
    pairs = list(zip(lines[::2], lines[1::2], strict=True))
    ids = [json.loads(action)["create"]["_id"] for action, _ in pairs]
    rest = b"".join(a + d for (a, d), id in zip(pairs, ids, strict=True) if id not in refused)
    status, answer = ask(rest) if rest else (200, b'{"items": []}')
    if status != 200:
        return status, answer
    taken: Iterator[dict[str, Any]] = iter(json.loads(answer)["items"])
    refusal = {"status": 400, "error": REFUSAL}
    items = [{"create": {"_id": id, **refusal}} if id in refused else next(taken) for id in ids]
    return 200, json.dumps({"errors": True, "items": items}).encode()


@contextmanager
def forwarding(engine: str) -> Iterator[Forwarder]:
    """A forwarder to the engine."""
    forwarder = Forwarder(engine)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kind = self.headers.get("Content-Type", "application/json")
            reply = forwarder.reply(self.command, self.path, body, kind)
            if reply is None:
                self.close_connection = True
                return
            status, answer = reply
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """The output is the test's."""

    for method in ("DELETE", "GET", "HEAD", "POST", "PUT"):
        setattr(Handler, f"do_{method}", Handler.forward)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            forwarder.address = f"http://127.0.0.1:{server.server_port}"
            yield forwarder
        finally:
            server.shutdown()
            thread.join()
