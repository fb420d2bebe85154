"""Where the function of a custom resource sends its answer: S3 on AWS, a loopback address here.

Invariant: an address is good for one request and knows no other.
"""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

Answer = dict[str, Any]
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html"""


@contextmanager
def response_url() -> Iterator[tuple[str, list[Answer]]]:
    """The address, and what has been put there so far."""
    path, answers = f"/{secrets.token_urlsafe()}", list[Answer]()

    class Receiver(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:  # as http.server names it
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path != path:
                self.send_error(403)
                return
            answers.append(json.loads(body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """The stack's output is for people."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{path}", answers
        finally:
            server.shutdown()
            thread.join()
