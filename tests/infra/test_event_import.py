"""Importing NDJSON: each line has its own outcome, whatever else is in the file."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from api.client import EventLog
from api.write import build
from domain.memory_log import MemoryLog
from infra.api_target import ApiTarget
from infra.event_import import ImportFailedError, LineOutcome, import_lines
from infra.import_command import run_import
from tests.requests import post
from tests.telemetry import CONTEXT, Told


class Api:
    """The write function behind an HTTP client; `before` may answer in its place."""

    def __init__(self, before: Callable[[int], httpx.Response | None] = lambda _: None) -> None:
        self.log = MemoryLog()
        self.calls = 0
        self._handler = build(log=self.log, telemetry=Told().telemetry)
        self._before = before
        self.client = EventLog(
            "http://log.test",
            transport=httpx.MockTransport(self._answer),
            sleep=lambda _: None,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        early = self._before(self.calls)
        if early is not None:
            return early
        response = self._handler(post(request.content), CONTEXT)
        return httpx.Response(response["statusCode"], text=response["body"])

    def import_all(self, lines: list[bytes]) -> list[LineOutcome]:
        found = import_lines(lines, log=self.client)
        return [outcome for outcomes in found for outcome in outcomes]


def line(id: str, payload: object = 1) -> bytes:
    return json.dumps({"id": id, "type": "t", "payload": payload}).encode() + b"\n"


def test_every_line_is_created_once_and_a_second_import_changes_nothing() -> None:
    api = Api()
    lines = [line(f"e{n}", "x" * 5_000) for n in range(1_000)]
    assert {outcome.status for outcome in api.import_all(lines)} == {"created"}
    stored = dict(api.log.events)
    assert [outcome.status for outcome in api.import_all(lines)] == ["duplicate"] * 1_000
    assert api.log.events == stored
    assert len(stored) == 1_000


def test_a_bad_line_is_refused_with_its_number_and_keeps_no_other_from_being_stored() -> None:
    api = Api()
    deep = b'{"id":"deep","type":"t","payload":' + b"[" * 400 + b"]" * 400 + b"}\n"
    lines = [
        line("a"),
        b"\n",
        b"{broken\n",
        b'{"id":"\xff","type":"t","payload":1}\n',
        b'{"type":"t","payload":1}\n',
        b'{"id":"b","type":"t"}\r\n',
        line("a", 2),
        deep,
        line("x", "y" * 500_000),
        b'{"id":"nan","type":"t","payload":NaN}\n',
        line("z"),
    ]
    outcomes = sorted(api.import_all(lines), key=lambda outcome: outcome.line.number)
    assert [(outcome.line.number, outcome.status) for outcome in outcomes] == [
        (1, "created"),
        (3, "invalid"),
        (4, "invalid"),
        (5, "invalid"),
        (6, "invalid"),
        (7, "conflict"),
        (8, "invalid"),
        (9, "invalid"),
        (10, "invalid"),
        (11, "created"),
    ]
    reasons = {outcome.line.number: outcome.reason or "" for outcome in outcomes}
    assert "not JSON: Expecting property name" in reasons[3]
    assert "not UTF-8: invalid start byte at byte 8" in reasons[4]
    assert "id: is required here" in reasons[5]
    assert "payload: is required" in reasons[6]
    assert "other content" in reasons[7]
    assert "nested more than 256 levels deep" in reasons[8]
    assert "which holds 409,600" in reasons[9]
    assert "NaN is not a JSON number" in reasons[10]
    assert set(api.log.events) == {"a", "z"}


def test_a_throttled_batch_is_posted_again() -> None:
    api = Api(lambda call: httpx.Response(429) if call < 3 else None)
    assert [outcome.status for outcome in api.import_all([line("a")])] == ["created"]
    assert api.calls == 3


@pytest.mark.parametrize(
    ("answer", "calls"), [(httpx.Response(503, text="busy"), 6), (httpx.Response(403), 1)]
)
def test_an_api_that_keeps_refusing_ends_the_import_with_its_answer(
    answer: httpx.Response, calls: int
) -> None:
    api = Api(lambda _: answer)
    with pytest.raises(ImportFailedError, match=str(answer.status_code)):
        api.import_all([line("a")])
    assert api.calls == calls


def test_an_event_that_the_store_never_takes_ends_the_import() -> None:
    problem = {"status": 503, "detail": "the store falters"}
    failed = {"results": [{"id": "a", "status": "failed", "problem": problem}]}
    api = Api(lambda _: httpx.Response(200, json=failed))
    with pytest.raises(ImportFailedError, match="503 again and again: the store falters"):
        api.import_all([line("a")])
    assert api.calls == 6


def test_an_api_out_of_reach_is_named(tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_bytes(line("a"))
    with pytest.raises(ImportFailedError, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        run_import(
            file,
            api=ApiTarget("http://127.0.0.1:9"),
            rejects=tmp_path / "events.rejects",
            as_json=False,
        )
    assert not (tmp_path / "events.rejects").exists()
