"""The page as CloudFront serves it: out of the stack's bucket, from an origin of its own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from api.explorer_page import PAGE, STAGE, content_policy
from tests.stack.local_stack import LocalStack


class Site(ThreadingHTTPServer):
    """Listens at once, so that a stack can let its `origin` in; serves that stack's page."""

    stack: LocalStack

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self.options = (
            *("--context", "explorer={}"),
            *("--context", f"edge.allowed_origins={json.dumps([self.origin])}"),
        )

    @cached_property
    def s3(self) -> Any:
        """One client for all requests, because to make one takes longer than a request."""
        return self.stack.aws("s3")

    @cached_property
    def bucket(self) -> str:
        """The one with the page."""
        names = [one["Name"] for one in self.s3.list_buckets()["Buckets"]]
        [bucket] = [name for name in names if name.startswith("explorer")]
        return str(bucket)


class _Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:  # as http.server names it
        name = urlsplit(self.path).path.lstrip("/") or PAGE
        api = f"{self.server.stack.facts['api']}/"
        found = self.server.s3.get_object(Bucket=self.server.bucket, Key=name)
        body = found["Body"].read()
        if name == STAGE:  # there is no such API as the template's on this machine
            body = json.dumps(json.loads(body) | {"api": api}).encode()
        self.send_response(200)
        self.send_header("Content-Type", found["ContentType"])
        self.send_header("Cache-Control", found["CacheControl"])
        self.send_header("Content-Security-Policy", content_policy(api))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """The tests' output is for people."""


@contextmanager
def serving() -> Iterator[Site]:
    """A site that serves until the end."""
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()
