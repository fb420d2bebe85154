"""S3 on one machine: moto's, with a journal, so that what is parked survives a restart.

Invariant: a change is answered only after it is in the journal on disk; a start replays them all.
"""

import base64
import io
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.datastructures import EnvironHeaders
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

from infra.local.errors import LocalStackError

_ACCEPTED = range(200, 300)
_CHANGES = {"PUT", "POST", "DELETE"}
_KEPT_HEADERS = ("authorization", "content-", "host", "x-amz-")

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@contextmanager
def object_store(*, journal: Path, port: int = 0) -> Iterator[str]:
    """An S3 endpoint on 127.0.0.1 with all that the journal says; yields its address."""
    app: Wsgi = DomainDispatcherApplication(create_backend_app)
    _replay(app, journal)
    server = make_server(
        "127.0.0.1", port, _Journaling(app, journal), threaded=True, request_handler=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, name="object store", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests of the stack's own parts are not worth a line."""


class _Journaling:
    """Writes down each change that the store has accepted."""

    def __init__(self, app: Wsgi, journal: Path) -> None:
        self._app = app
        self._journal = journal
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in _CHANGES:
            return self._app(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        change = _change(environ, body)
        statuses: list[str] = []

        def note_status(status: str, *rest: Any) -> Any:
            statuses.append(status)
            return start_response(status, *rest)

        with self._lock:  # the journal has the order in which the store has accepted
            answer = list(self._app(environ, note_status))
            if int(statuses[0][:3]) in _ACCEPTED:
                self._write(change)
        return answer

    def _write(self, change: dict[str, Any]) -> None:
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(change) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _change(environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    kept = {
        name: value
        for name, value in EnvironHeaders(environ).items()
        if name.lower().startswith(_KEPT_HEADERS)
    }
    return {
        "method": environ["REQUEST_METHOD"],
        "uri": environ["REQUEST_URI"],  # as sent: keys may hold encoded slashes
        "headers": kept,
        "body": base64.b64encode(body).decode(),
    }


def _replay(app: Wsgi, journal: Path) -> None:
    journal.parent.mkdir(parents=True, exist_ok=True)
    if not journal.exists():
        return
    client = Client(app)
    with journal.open("r+b") as changes:
        replayed = 0
        for line in changes:
            if not line.endswith(b"\n"):
                # The last change was cut off by a crash before it was answered: forget it.
                changes.truncate(replayed)
                break
            replayed += len(line)
            change = json.loads(line)
            answer = client.open(
                change["uri"],
                method=change["method"],
                headers=change["headers"],
                data=base64.b64decode(change["body"]),
            )
            if answer.status_code not in _ACCEPTED:
                raise LocalStackError(
                    f"the journal {journal} cannot be replayed: {change['method']} {change['uri']}"
                    f" answers {answer.status}",
                    remedy="Move it away to start with nothing parked.",
                )
