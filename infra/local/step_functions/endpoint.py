"""Step Functions' API over HTTP on this machine.

Invariant: all executions end with the endpoint.
https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from infra.local.step_functions.api import StatesApi
from infra.local.step_functions.executions import Executions

_TARGET = "AWSStepFunctions."


@contextmanager
def states_endpoint(executions: Executions) -> Iterator[str]:
    """Serve the API on a free port of 127.0.0.1; yields its address."""
    api = StatesApi(executions)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            operation = self.headers["X-Amz-Target"].removeprefix(_TARGET)
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = api.answer(operation, request)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Requests of the stack's own commands are not worth a line."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="step functions", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        executions.stop()
        server.shutdown()
        thread.join()
        server.server_close()
