"""`eventlog import` against the running stack, and a crash in the middle of it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stack.commands import run_command
from tests.stack.local_stack import LocalStack, parse_exactly, started

WEBHOOKS = Path(__file__).parents[3] / "shared" / "data" / "github-webhooks.ndjson"


KILLED_IMPORT = 800
"""Events of the import during which the stack is killed: four batches."""


def made_events(count: int) -> list[str]:
    """Lines that look like webhooks: several types, sizes below and above one write unit."""
    return [
        json.dumps(
            {
                "id": f"made-{n}",
                "type": f"made.type{n % 7}",
                "source": "https://example.org/hooks",
                "payload": {"n": n, "ratio": n / 7, "text": "é" * (n % 40) * 30, "empty": [{}, []]},
            },
            ensure_ascii=n % 2 == 0,
        )
        for n in range(count)
    ]


@pytest.fixture(params=["made", "webhooks"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An NDJSON file; the real webhooks where they are at hand, else other made events."""
    if request.param == "webhooks" and WEBHOOKS.exists():
        return WEBHOOKS
    file = tmp_path / "events.ndjson"
    lines = made_events(120)
    if request.param == "webhooks":
        lines = [line.replace("made", "stand-in") for line in lines]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def run_import(stack: LocalStack, file: Path, cwd: Path) -> tuple[int, dict[str, object]]:
    return run_command("import", str(file), "--api", stack.facts["api"], cwd=cwd)


def sorted_payload(text: str) -> str:
    def rendered(value: object) -> object:
        if isinstance(value, dict):
            return {key: rendered(value[key]) for key in sorted(value)}
        if isinstance(value, list):
            return [rendered(item) for item in value]
        return getattr(value, "text", value)

    return json.dumps(rendered(parse_exactly(text)["payload"]))


def test_every_line_is_stored_exactly_and_listed_once(
    stack: LocalStack, file: Path, tmp_path: Path
) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    none = {"duplicate": 0, "conflict": 0, "invalid": 0, "rejects": None}
    assert run_import(stack, file, tmp_path) == (0, none | {"created": len(lines)})
    by_type: dict[str, set[str]] = {}
    for line in lines:
        event = json.loads(line)
        by_type.setdefault(event["type"], set()).add(event["id"])
        assert sorted_payload(stack.get(event["id"]).text) == sorted_payload(line)
    for type, ids in by_type.items():
        stack.walk_until(type, count=len(ids))
        walks = [stack.walk(type, order=order, limit=3) for order in ("desc", "asc")]
        assert walks[0] == walks[1][::-1]
        walked = [event["id"] for event in walks[0]]
        assert (len(walked), set(walked)) == (len(ids), ids)
    again = none | {"created": 0, "duplicate": len(lines)}
    assert run_import(stack, file, tmp_path) == (0, again)


def test_refused_lines_are_kept_with_their_reasons(stack: LocalStack, tmp_path: Path) -> None:
    file = tmp_path / "bad.ndjson"
    file.write_text('{"id":"ok-1","type":"t","payload":1}\n{"id":"bad-1","type":"","payload":1}\n')
    code, summary = run_import(stack, file, tmp_path)
    assert (code, summary["invalid"], summary["rejects"]) == (1, 1, "bad.ndjson.rejects")
    [reject] = (tmp_path / "bad.ndjson.rejects").read_text().splitlines()
    kept = json.loads(reject)
    assert (kept["line"], kept["reason"]) == (2, "type: must have 1 to 256 characters; 0 were sent")


def test_nothing_is_lost_or_doubled_when_the_stack_is_killed_during_an_import(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text("\n".join(made_events(KILLED_IMPORT)), encoding="utf-8")
    first = LocalStack(data).wait_ready()
    command = [sys.executable, "-m", "infra.cli", "import", str(file), "--json"]
    with subprocess.Popen(
        [*command, "--api", first.facts["api"]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as importing:
        deadline = time.monotonic() + 60
        while first.get("made-260").status_code != 200:
            assert time.monotonic() < deadline
        assert first.stop(signal.SIGKILL) == -signal.SIGKILL
        assert importing.wait(60) == 2
    with started(data) as second:
        before = {
            f"made-{n}" for n in range(KILLED_IMPORT) if second.get(f"made-{n}").status_code == 200
        }
        assert 260 <= len(before) < KILLED_IMPORT
        code, summary = run_import(second, file, tmp_path)
        created, duplicate = (int(str(summary[name])) for name in ("created", "duplicate"))
        assert (code, created + duplicate) == (0, KILLED_IMPORT)
        # A batch that is sent again, because its answer came too late, finds what it has created.
        assert duplicate >= len(before)
        for k in range(7):
            ids = {f"made-{n}" for n in range(k, KILLED_IMPORT, 7)}
            walked = [e["id"] for e in second.walk_until(f"made.type{k}", count=len(ids))]
            assert (len(walked), set(walked)) == (len(ids), ids)
