"""Who may call a stage with an authorizer, over HTTP, on the whole stack."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from botocore.credentials import Credentials

from api.client.signing import SignedRequests
from infra.local.principals import local_credentials
from infra.settings import OPEN_WARNING
from tests.stack.commands import run_command
from tests.stack.local_stack import LocalStack, started

EVENT = {"id": "e1", "type": "t", "payload": 1}
USER = "arn:aws:iam::000000000000:user"


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with started(tmp_path_factory.mktemp("prod"), "--stage", "prod") as stack:
        yield stack


def is_problem(answer: httpx.Response, status: int) -> bool:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.status_code == status


def test_an_unsigned_request_is_forbidden(prod: LocalStack) -> None:
    with httpx.Client(base_url=prod.facts["api"]) as client:
        assert is_problem(client.post("/events", json=EVENT), 403)
        assert is_problem(client.get("/events", params={"type": "t"}), 403)
        assert is_problem(client.get("/nowhere"), 403), "it tells a stranger nothing of the routes"


def test_the_writer_writes_and_the_reader_reads(prod: LocalStack) -> None:
    with prod.client_of("writer") as writer, prod.client_of("reader") as reader:
        assert is_problem(reader.post("/events", json=EVENT), 403)
        created = writer.post("/events", json=EVENT, headers={"X-Recorded-By": "eve"})
        assert (created.status_code, created.json()["recorded_by"]) == (201, f"{USER}/writer")
        assert is_problem(writer.get("/events/e1"), 403)
        assert reader.get("/events/e1").json() == created.json()
        assert reader.get("/types").status_code == 200
        assert reader.get("/events", params={"type": "a b+c/é*"}).status_code == 200
        forged = writer.post("/events", json=EVENT | {"id": "e2", "recorded_by": "eve"})
        assert is_problem(forged, 400)
        assert is_problem(reader.get("/events/e2"), 404)


def test_a_wrong_secret_is_forbidden(prod: LocalStack) -> None:
    key = local_credentials(Path(prod.facts["credentials"]), user="writer").access_key
    forged = SignedRequests(Credentials(key, "guessed"), region=prod.facts["region"])
    with httpx.Client(base_url=prod.facts["api"], auth=forged) as client:
        answer = client.post("/events", json=EVENT | {"id": "e3"})
    assert is_problem(answer, 403)
    assert answer.headers["x-amzn-ErrorType"] == "InvalidSignatureException"


def test_an_import_signs(prod: LocalStack, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text('{"id":"imported","type":"t","payload":1}\n')
    code, summary = run_command("import", str(file), "--data", str(prod.data), cwd=tmp_path)
    assert (code, summary["created"]) == (0, 1)
    assert prod.get("imported").json()["recorded_by"] == f"{USER}/default"


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl")
def test_curl_signs_what_is_accepted(prod: LocalStack) -> None:
    key = local_credentials(Path(prod.facts["credentials"]), user="reader")
    command = ["curl", "--silent", "--aws-sigv4", f"aws:amz:{prod.facts['region']}:execute-api"]
    command += ["--user", f"{key.access_key}:{key.secret_key}", "--write-out", "%{http_code}"]
    url = f"{prod.facts['api']}/events?limit=1&type=t"  # sorted, as curl before 8 needs it
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("200"), done.stdout


def test_only_an_open_stage_says_that_anyone_may_call_it(
    prod: LocalStack, stack: LocalStack
) -> None:
    assert OPEN_WARNING in stack.lines
    assert OPEN_WARNING not in prod.lines
    assert "recorded_by" not in stack.post(EVENT).json()


def test_only_a_stage_with_a_firewall_says_that_it_is_not_here(
    prod: LocalStack, stack: LocalStack
) -> None:
    said = "The firewall of this stage (AWS WAF) does not run on this machine."
    assert said in prod.lines
    assert said not in stack.lines
