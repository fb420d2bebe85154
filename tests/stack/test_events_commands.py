"""`eventlog post`, `get`, `list` and `tail` against the running stack, in pipes as at a prompt."""

import json
import signal
import subprocess
import sys
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.client import EventLog
from domain.timestamps import format_utc
from infra.cli import app
from tests.stack.local_stack import LocalStack

ROOT = Path(__file__).parents[2]
SECONDS = 60

# As from a prompt, also where the tests run in the background and so ignore Ctrl-C.
START = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from infra.cli import main
main()
"""


def run(stack: LocalStack, *words: str, stdin: str | bytes | None = None) -> Result:
    """A command in this process, whose output is no terminal."""
    return CliRunner().invoke(app, [*words, "--data", str(stack.data)], input=stdin)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def process(stack: LocalStack, *words: str) -> "subprocess.Popen[str]":
    """A command as a process of its own, with a pipe behind it."""
    return subprocess.Popen(
        [sys.executable, "-c", START, *words, "--data", str(stack.data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def type() -> str:
    """A type of this test alone."""
    return f"command-{uuid.uuid4().hex[:8]}"


def test_events_are_posted_in_each_form_and_got_back_to_the_digit(
    stack: LocalStack, type: str
) -> None:
    one = f'{{"id":"{type}-1","type":"{type}","payload":1e400}}'
    array = f'\ufeff [{{"id":"{type}-2","type":"{type}","payload":{2**70}}}, {one}]'
    both = f'{one}\n{{"id":"{type}-3",\n "type":"{type}", "payload":0.10000000000000000001}}\n'
    posted = [run(stack, "post", stdin=text) for text in (one, array, both)]
    assert [[line["status"] for line in lines(result)] for result in posted] == [
        ["created"],
        ["created", "duplicate"],
        ["duplicate", "created"],
    ]
    assert {result.exit_code for result in posted} == {0}
    got = run(stack, "get", f"{type}-3")
    assert got.exit_code == 0
    assert '"payload":0.10000000000000000001}' in got.stdout
    stack.walk_until(type, count=3)
    listed = run(stack, "list", "--type", type, "--order", "asc", "--from", "10m")
    assert [event["id"] for event in lines(listed)] == [f"{type}-{n}" for n in (1, 2, 3)]
    newest = run(stack, "list", "--type", type, "--limit", "1")
    assert [event["id"] for event in lines(newest)] == [f"{type}-3"]
    assert run(stack, "list", "--type", type, "--to", "10m").stdout == ""
    assert len(lines(run(stack, "list", "--type", type, "--limit", "0"))) == 3


def test_a_payload_is_posted_under_a_type(stack: LocalStack, type: str, tmp_path: Path) -> None:
    file = tmp_path / "payload.json"
    file.write_text(' {"n": 1.50} \n')
    for status in ("created", "duplicate"):
        result = run(stack, "post", str(file), "--type", type, "--id", f"{type}/é")
        [line] = lines(result)
        assert (line["status"], line["id"], result.exit_code) == (status, f"{type}/é", 0)
    assert '"payload":{"n":1.50}' in run(stack, "get", f"{type}/é").stdout
    [made] = lines(run(stack, "post", "--type", type, stdin="null"))
    assert uuid.UUID(made["id"]).version == 7


def test_what_is_refused_is_named_and_all_else_is_posted(stack: LocalStack, type: str) -> None:
    events = f'{{"id":"{type}","type":"{type}","payload":1}}\n{{"type":"","payload":1}}\n'
    result = run(stack, "post", stdin=events)
    assert result.exit_code == 1
    assert [line["status"] for line in lines(result)] == ["created", "invalid"]
    assert lines(result)[1]["problem"]["detail"].startswith("type: must have 1 to 256")
    conflict = run(stack, "post", "--type", type, "--id", type, stdin="2")
    assert (conflict.exit_code, lines(conflict)[0]["status"]) == (1, "conflict")


@pytest.mark.parametrize(
    ("words", "stdin", "code", "told"),
    [
        (["post"], '{"a":1}\n{b}', 2, "not JSON: Expecting property name"),
        (["post"], b'"\xff"', 2, "not UTF-8: byte 2"),
        (["post"], "[" * 100_000, 2, "nested too deeply"),
        (["post", "--type", "t"], "1 2", 2, "one payload in JSON; there are 2"),
        (["post", "--id", "1"], "1", 2, "--id goes with --type"),
        (["post", "no-such-file"], "", 2, "No such file"),
        (["get", "no-such-event"], "", 1, "no event has the id 'no-such-event'"),
        (["list", "--type", "t", "--from", "yesterday"], "", 2, "'yesterday' is not a moment"),
        (["list", "--type", ""], "", 2, "the API answered 400: type"),
        (["tail", "--filter", "x"], "", 2, "write PATH=VALUE"),
        (["tail", "--overlap", "soon"], "", 2, "'soon' is not a span"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    stack: LocalStack, words: list[str], stdin: str | bytes, code: int, told: str
) -> None:
    result = run(stack, *words, stdin=stdin)
    assert result.exit_code == code, result.output
    assert told in result.stderr.replace("\n", " ")
    assert result.stdout == ""


def test_the_shell_completes_commands_and_options() -> None:
    def completed(line: str) -> list[str]:
        words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        given = {"_EVENTLOG_COMPLETE": "complete_bash", **words}
        result = CliRunner().invoke(app, [], prog_name="eventlog", env=given)
        return result.output.split()

    assert completed("eventlog ta") == ["tail"]
    assert completed("eventlog tail --over") == ["--overlap"]
    assert {"asc", "desc"} <= set(completed("eventlog list --order "))


def test_a_reader_that_has_had_enough_ends_a_command_without_a_word(
    stack: LocalStack, type: str
) -> None:
    events = [{"id": f"{type}-{n}", "type": type, "payload": "x" * 5_000} for n in range(100)]
    stack.post(events).raise_for_status()
    stack.walk_until(type, count=100)
    for command in (["list", "--limit", "0"], ["tail", "--since", "1h"]):
        with process(stack, *command, "--type", type) as running:
            assert running.stdout
            assert running.stderr
            assert json.loads(running.stdout.readline())["type"] == type
            running.stdout.close()
            assert running.wait(SECONDS) == 0
            assert running.stderr.read() == ""


def test_tail_shows_what_the_filter_lets_through_until_it_is_interrupted(
    stack: LocalStack, type: str
) -> None:
    options = ["--since", "1m", "--filter", "payload.n=2", "--type", type]
    with process(stack, "tail", *options) as running:
        assert running.stdout
        assert running.stderr
        payloads = [{"n": 1}, {"n": 2.0}, {"n": 3}]
        stack.post([{"type": type, "payload": payload} for payload in payloads])
        assert json.loads(running.stdout.readline())["payload"] == {"n": 2.0}
        running.send_signal(signal.SIGINT)
        assert running.wait(SECONDS) == 0
        assert (running.stdout.read(), running.stderr.read()) == ("", "")


class Late(httpx.HTTPTransport):
    """A way to the API on which every third event is listed three seconds late: `held` are those.

    Their payload has a number that three divides.
    """

    def __init__(self) -> None:
        super().__init__()
        self.held: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        answer.read()
        if request.url.path != "/events" or answer.status_code != httpx.codes.OK:
            return answer
        page = answer.json()
        known = format_utc(datetime.now(UTC) - timedelta(seconds=3))
        late = [
            e for e in page["events"] if e["payload"]["n"] % 3 == 0 and e["recorded_at"] > known
        ]
        self.held |= {event["id"] for event in late}
        page["events"] = [event for event in page["events"] if event not in late]
        return httpx.Response(200, json=page, headers={"Date": answer.headers["Date"]})


def test_an_import_by_two_processes_is_followed_event_by_event_also_those_that_are_late(
    stack: LocalStack, type: str, tmp_path: Path
) -> None:
    imports = []
    for part in range(2):
        file = tmp_path / f"{part}.ndjson"
        events = [
            {"id": f"{type}-{part}-{n}", "type": f"{type}-{n % 3}", "payload": {"n": n}}
            for n in range(60)
        ]
        file.write_text("\n".join(map(json.dumps, events)))
        imports.append(process(stack, "import", str(file), "--json"))
    shown: Counter[str] = Counter()
    late = Late()
    with EventLog(stack.facts["api"], transport=late) as log:
        for event in log.follow(*(f"{type}-{n}" for n in range(3)), since=None, interval=0.2):
            shown[event.id] += 1
            if len(shown) == 120:
                break
    assert [one.wait(SECONDS) for one in imports] == [0, 0]
    for one in imports:
        one.communicate()
    assert set(shown.values()) == {1}
    assert late.held
