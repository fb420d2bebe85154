"""Starts `eventlog local` as a process, and talks to it over HTTP."""

import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from infra.api_target import local_target
from infra.bundling import ROOT
from infra.local.aws import LocalAws
from infra.local.engines import dynamodb_local
from infra.local.principals import EVERYTHING
from infra.running_stack import running_stack

START_SECONDS = 120
STOP_SECONDS = 15
LISTED_SECONDS = 15
PARKED_SECONDS = 60


class LocalStack:
    """A running stack, of the sources in the folder `sources`; `lines` is what it has printed."""

    def __init__(self, data: Path, *options: str, sources: Path = ROOT) -> None:
        self.data = data
        command = [sys.executable, "-m", "infra.cli", "local", "--port", "0", "--data", str(data)]
        self.process = subprocess.Popen(
            [*command, *options],
            cwd=sources,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.lines.append(line.rstrip())
                if line.startswith("Ready"):
                    self._ready.set()
        self._ready.set()

    def wait_ready(self) -> "LocalStack":
        ready = self._ready.wait(START_SECONDS)
        if not ready:  # nobody could stop it otherwise
            self.process.kill()
            self.process.wait(STOP_SECONDS)
        assert ready, self.lines
        assert any(line.startswith("Ready") for line in self.lines), self.lines
        self.facts: dict[str, Any] = json.loads((self.data / "stack.json").read_text())
        self.client = self.client_of()
        return self

    def client_of(self, user: str = EVERYTHING) -> httpx.Client:
        """A client that signs as a user of the stack, by default the one who may do all."""
        return local_target(running_stack(self.data), user=user).client(timeout=60)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the stack; gives back its exit code."""
        self.client.close()
        self.process.send_signal(how)
        code = self.process.wait(STOP_SECONDS)
        self._reader.join(STOP_SECONDS)
        return code

    def post(self, event: Any, *, media_type: str = "application/json") -> httpx.Response:
        """POST a JSON text, or a value as JSON."""
        body = event if isinstance(event, str | bytes) else json.dumps(event)
        return self.client.post("/events", content=body, headers={"Content-Type": media_type})

    def get(self, id: str) -> httpx.Response:
        """GET by id, in the path or, where a path cannot carry it, in the query."""
        if id in {".", ".."}:
            return self.client.get("/events", params={"id": id})
        return self.client.get(f"/events/{quote(id, safe='')}")

    def walk(self, type: str, *, order: str = "desc", limit: int = 100) -> list[dict[str, Any]]:
        """Every event of a type, page by page."""
        found: list[dict[str, Any]] = []
        query = {"type": type, "order": order, "limit": str(limit)}
        while True:
            page = self.client.get("/events", params=query).raise_for_status().json()
            found += page["events"]
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]

    def types(self) -> list[dict[str, Any]]:
        """Every type, page by page."""
        found: list[dict[str, Any]] = []
        query = {"limit": "100"}
        while True:
            page = self.client.get("/types", params=query).raise_for_status().json()
            found += page["types"]
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]

    def aws(self, service: str) -> Any:
        """A client that reaches the stack's services around its functions."""
        names = ("dynamodb", "s3", "region", "states")
        aws = LocalAws(*(self.facts[name] for name in names))
        return aws.client(service)

    def parked_until(self, *, count: int) -> list[str]:
        """The keys of what is parked, once there are so many; fails if they do not come."""
        deadline = time.monotonic() + PARKED_SECONDS
        with closing(self.aws("s3")) as s3:
            while True:
                bucket = self.facts["outputs"]["ParkingBucketName"]
                keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
                if len(keys) >= count:
                    return keys
                assert time.monotonic() < deadline, keys
                threading.Event().wait(0.1)

    def walk_until(self, type: str, *, count: int) -> list[dict[str, Any]]:
        """The type's events, once there are so many; fails if they do not come."""
        deadline = time.monotonic() + LISTED_SECONDS
        while len(events := self.walk(type)) < count:
            assert time.monotonic() < deadline, f"{len(events)} of {count} {type} are listed"
            threading.Event().wait(0.02)
        return events


@contextmanager
def started(data: Path, *options: str, sources: Path = ROOT) -> Iterator[LocalStack]:
    """A stack that is ready, and that ends well."""
    stack = LocalStack(data, *options, sources=sources)
    try:
        yield stack.wait_ready()
    finally:
        if stack.process.poll() is None:
            code = stack.stop()
            assert code == 0, stack.lines
            report = json.loads((data / "iam-report.json").read_text())
            assert report["refused"] == []


@contextmanager
def started_in_memory(*options: str) -> Iterator[LocalStack]:
    """A stack whose engine writes no file: several times faster, and gone when it ends."""
    with (
        tempfile.TemporaryDirectory() as folder,
        dynamodb_local(logs=Path(folder, "engine")) as engine,
        started(Path(folder, "data"), "--dynamodb-endpoint", engine.endpoint, *options) as stack,
    ):
        yield stack


@dataclass(frozen=True)
class Numbers:
    """JSON parsed so that numbers keep their text: equal means equal to the letter."""

    text: str


def parse_exactly(text: str) -> Any:
    """JSON with every number as its text."""
    return json.loads(text, parse_int=Numbers, parse_float=Numbers)
