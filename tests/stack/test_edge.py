"""How much callers of a stage like prod may send, on the whole stack."""

import stat
from collections.abc import Iterator

import httpx
import pytest

from infra.api_target import local_target
from infra.local.engines import dynamodb_local
from infra.local.stack import running
from infra.local.stores import Engines
from infra.running_stack import RunningStack
from infra.settings import STAGES, Settings

SLOW = {"requests_per_second": 1, "burst": 3}
AMPLE = {"requests_per_second": 1_000, "burst": 1_000}
PRODUCERS = {
    "names": ["shop", "billing"],
    "write": SLOW,
    "read": AMPLE,
    "quota": {"requests": 12, "period": "month"},
}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    given = STAGES["prod"].model_dump() | {"edge": {"producers": PRODUCERS}}
    data = tmp_path_factory.mktemp("edge")
    with (
        dynamodb_local(logs=data / "engine") as engine,
        running(
            Settings.model_validate(given),
            port=0,
            data=data,
            engines=Engines(dynamodb_endpoint=engine.endpoint),
        ) as stack,
    ):
        assert stat.S_IMODE((data / "stack.json").stat().st_mode) == 0o600
        yield stack.facts
        assert stack.guard_report().refused == []


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("about:blank", answer.status_code)
    return answer.status_code, problem["detail"]


def test_a_signature_without_a_key_is_forbidden_and_so_is_a_key_without_one(
    facts: RunningStack,
) -> None:
    with local_target(facts).client(timeout=60) as client:
        for key in ("", "guessed", facts.api_keys["shop"][:-1]):
            answer = client.get("/types", headers={"x-api-key": key})
            assert refusal(answer) == (403, "The request bears no API key of this stage.")
    unsigned = httpx.get(f"{facts.api}/types", headers={"x-api-key": facts.api_keys["shop"]})
    assert refusal(unsigned)[0] == 403


def test_who_sends_too_much_too_fast_is_told_when_to_try_again(facts: RunningStack) -> None:
    with local_target(facts).client(timeout=60) as client:
        answers = [client.post("/events", json={"type": "t", "payload": n}) for n in range(6)]
        accepted = [answer for answer in answers if answer.status_code == 201]
        refused = [answer for answer in answers if answer.status_code != 201]
        assert 3 <= len(accepted) < 6
        assert {refusal(answer) for answer in refused} == {(429, "Too Many Requests")}
        assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
        assert client.get("/types").status_code == 200, "reading is another matter"


def test_who_has_used_up_the_quota_sends_no_more(facts: RunningStack) -> None:
    key = {"x-api-key": facts.api_keys["billing"]}
    with local_target(facts).client(timeout=60) as client:
        answers = [client.get("/types", headers=key) for _ in range(14)]
        assert [answer.status_code for answer in answers] == [200] * 12 + [429] * 2
        assert refusal(answers[-1]) == (429, "Limit Exceeded")
