"""An id out of Idempotency-Key, and answers with less where a client prefers that."""

import json
from typing import Any

import pytest

from api.http import CLOUD_EVENTS, NDJSON
from api.write import build
from domain.memory_log import MemoryLog
from tests.requests import post
from tests.telemetry import CONTEXT, Told

UNNAMED = '{"type":"t","payload":1}'
NAMED = '{"id":"own","type":"t","payload":1}'


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


def sent(log: MemoryLog, body: str, content_type: str = "application/json", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = post(body, content_type=content_type, headers=named)
    return build(log=log, telemetry=Told().telemetry)(request, CONTEXT)


@pytest.mark.parametrize(
    ("key", "id"),
    [
        ('"order-7"', "order-7"),
        ("order-7", "order-7"),
        (r'"say \"hi\" \\ now"', r'say "hi" \ now'),
        ("x" * 256, "x" * 256),
    ],
)
def test_the_key_is_the_id_of_an_event_that_has_none(log: MemoryLog, key: str, id: str) -> None:
    for content_type in ("application/json", "application/json; charset=utf-8"):
        answer = sent(log, UNNAMED, content_type, Idempotency_Key=key)
        assert json.loads(answer["body"])["id"] == id
    assert answer["statusCode"] == 200, "the second is a duplicate"
    other = sent(log, UNNAMED.replace("1", "2"), Idempotency_Key=key)
    assert other["statusCode"] == 409


def test_an_id_of_its_own_counts_more_than_the_key(log: MemoryLog) -> None:
    assert sent(log, NAMED, Idempotency_Key="key")["statusCode"] == 201
    assert list(log.events) == ["own"]


@pytest.mark.parametrize("key", ["", '""', '"open', "two words", "é", '"a"b"', "x" * 257, '"é"'])
def test_a_key_that_is_none_is_refused(log: MemoryLog, key: str) -> None:
    answer = sent(log, UNNAMED, Idempotency_Key=key)
    [error] = json.loads(answer["body"])["errors"]
    assert (answer["statusCode"], error["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(f"[{UNNAMED}]", "application/json"), (NAMED, NDJSON), ("[]", CLOUD_EVENTS)],
)
def test_a_batch_takes_no_key_and_nothing_is_appended(
    log: MemoryLog, body: str, content_type: str
) -> None:
    answer = sent(log, body, content_type, Idempotency_Key="key")
    assert (answer["statusCode"], log.events) == (400, {})


@pytest.mark.parametrize("prefer", ["return=minimal", 'foo; a=b, Return = "minimal" ;x=1'])
def test_who_prefers_little_gets_the_place_alone(log: MemoryLog, prefer: str) -> None:
    for status in (201, 200):
        answer = sent(log, NAMED, Prefer=prefer)
        headers = answer["headers"]
        assert (answer["statusCode"], answer["body"]) == (status, "")
        assert headers["Preference-Applied"] == "return=minimal"
        assert headers["Location"] == "/dev/events/own"
        assert headers["ETag"] == f'"{log.events["own"].hash}"'


def test_of_a_batch_it_gets_the_ids_alone_but_every_problem(log: MemoryLog) -> None:
    answer = sent(log, f"[{NAMED},7]", Prefer="return=minimal")
    created, refused = json.loads(answer["body"])["results"]
    assert answer["headers"]["Preference-Applied"] == "return=minimal"
    assert created == {"status": "created", "id": "own"}
    assert refused["problem"]["status"] == 400


@pytest.mark.parametrize("prefer", ["return=representation, return=minimal", "respond-async", ""])
def test_another_preference_changes_nothing(log: MemoryLog, prefer: str) -> None:
    answer = sent(log, NAMED, Prefer=prefer)
    assert json.loads(answer["body"])["id"] == "own"
    assert "Preference-Applied" not in answer["headers"]
