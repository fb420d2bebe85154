"""POST /events, on the memory log."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import given

from api.other_requests import SUPPORTED
from api.write import build
from domain.dynamodb_log import DynamoDBLog
from domain.errors import EventLogError, LogUnavailableError
from domain.event import NewEvent
from domain.item import MAX_ITEM_BYTES
from domain.log import Appended, Outcome
from domain.memory_log import MemoryLog
from tests.builders import ids, json_texts, types
from tests.requests import PROBLEMS, post
from tests.tables import Tables
from tests.telemetry import CONTEXT, Told

EVENT = '{"id":"1","type":"string","payload":{"key1":"value1"}}'


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


def sent(log: MemoryLog, body: str | bytes, **options: Any) -> tuple[int, Any]:
    response = build(log=log, telemetry=Told().telemetry)(post(body, **options), CONTEXT)
    return response["statusCode"], json.loads(response["body"])


def test_a_new_event_is_created_and_given_back_with_its_place(log: MemoryLog) -> None:
    response = build(log=log, telemetry=Told().telemetry)(post(EVENT), CONTEXT)
    event = log.events["1"]
    assert response["statusCode"] == 201
    assert response["body"] == event.to_json()
    assert response["headers"]["Location"] == "/dev/events/1"
    assert response["headers"]["ETag"] == f'"{event.hash}"'


@pytest.mark.parametrize(
    ("id", "location"),
    [
        ("a/b c#d%?é", "/dev/events/a%2Fb%20c%23d%25%3F%C3%A9"),
        ("..", "/dev/events?id=.."),
        (".", "/dev/events?id=."),
    ],
)
def test_the_location_leads_to_the_event_whatever_its_id(
    log: MemoryLog, id: str, location: str
) -> None:
    body = json.dumps({"id": id, "type": "t", "payload": 1})
    assert (
        build(log=log, telemetry=Told().telemetry)(post(body), CONTEXT)["headers"]["Location"]
        == location
    )


def test_an_event_without_an_id_gets_a_uuid_of_version_7(log: MemoryLog) -> None:
    for _ in range(2):
        assert sent(log, '{"type":"t","payload":1}')[0] == 201
    assert [id[14] for id in log.events] == ["7", "7"]
    milliseconds = [id[:13] for id in log.events]
    assert sorted(milliseconds) == milliseconds


def test_a_duplicate_answers_200_and_a_conflict_409_with_the_stored_hash(log: MemoryLog) -> None:
    created = sent(log, EVENT)[1]
    assert sent(log, EVENT) == (200, created)
    status, problem = sent(log, EVENT.replace("value1", "value2"))
    assert (status, problem["status"], problem["type"]) == (
        409,
        409,
        f"{PROBLEMS}/conflict",
    )
    assert problem["stored"] == {"id": "1", "hash": created["hash"]}


def test_a_batch_answers_each_event_in_order(log: MemoryLog) -> None:
    sent(log, EVENT)
    events = [
        EVENT,
        EVENT.replace("value1", "x"),
        '{"id":"2","type":"t","payload":1}',
        '{"id":"3","type":"t"}',
        '{"id":"4","type":"t","payload":{"a":1,"a":1}}',
        "7",
        '{"id":"2","type":"t","payload":1.0}',
        f'{{"id":"5","type":"t","payload":"{"x" * MAX_ITEM_BYTES}"}}',
    ]
    status, answer = sent(log, f"[{','.join(events)}]")
    results = answer["results"]
    assert status == 200
    assert [result["status"] for result in results] == [
        "duplicate",
        "conflict",
        "created",
        "invalid",
        "invalid",
        "invalid",
        "duplicate",
        "invalid",
    ]
    assert [result.get("problem", {}).get("status") for result in results] == [
        None, 409, None, 400, 400, 400, None, 413,
    ]  # fmt: skip
    assert results[2] == {
        "status": "created",
        "id": "2",
        "recorded_at": log.events["2"].recorded_at,
        "hash": log.events["2"].hash,
    }
    assert set(log.events) == {"1", "2"}


class UnavailableLog(MemoryLog):
    """Takes every other event of a batch."""

    def append(self, event: NewEvent, *, recorded_by: str | None = None) -> Appended:
        raise LogUnavailableError("ThrottlingException")

    def append_many(self, events: Any, *, recorded_by: str | None = None) -> list[Outcome]:
        outcomes: list[Appended | EventLogError] = super().append_many(events[::2])
        return [
            LogUnavailableError("ThrottlingError") if n % 2 else outcomes[n // 2]
            for n, _ in enumerate(events)
        ]


def test_what_the_store_did_not_take_is_said_to_be_worth_another_try() -> None:
    response = build(log=UnavailableLog(), telemetry=Told().telemetry)(post(EVENT), CONTEXT)
    assert (response["statusCode"], response["headers"]["Retry-After"]) == (503, "1")
    batch = [{"id": str(n), "type": "t", "payload": n} for n in range(3)]
    results = sent(UnavailableLog(), json.dumps(batch))[1]["results"]
    assert [result["status"] for result in results] == ["created", "failed", "created"]
    assert results[1]["problem"]["status"] == 503


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ("", 400, "the body is empty"),
        ("{", 400, "line 1, column 2"),
        (b'{"id":"\xff"}', 400, "byte 0xff at offset 7"),
        ('{"type":"t","payload":{"a":NaN}}', 400, "NaN is not a JSON number"),
        ('{"type":"t","payload":"\\ud800"}', 400, "lone surrogate"),
        ('{"type":"t","type":"t","payload":1}', 400, "the key 'type' stands twice"),
        ('{"type":"t","payload":' + "[" * 10_000, 400, "nested more than 256 levels"),
        ('{"payload":1}', 400, "type: is required"),
        ('"text"', 400, "an event is a JSON object"),
        ("[]", 400, "a batch has 1 to 500 events; 0 were sent"),
        ("[" + "1," * 500 + "1]", 400, "a batch has 1 to 500 events; 501 were sent"),
        (
            f'{{"type":"t","payload":"{"x" * 500_000}"}}',
            413,
            "takes 500,126 bytes in the store, which holds 409,600",
        ),
    ],
)
def test_bad_bodies_are_refused_with_a_reason_and_nothing_is_stored(
    log: MemoryLog, body: str | bytes, status: int, detail: str
) -> None:
    found, problem = sent(log, body)
    assert (found, problem["status"]) == (status, status)
    assert detail in problem["detail"]
    assert log.events == {}


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "text/plain", "application/json; charset=latin-1", ";;"],
)
def test_another_content_type_is_refused(log: MemoryLog, content_type: str) -> None:
    status, problem = sent(log, EVENT, content_type=content_type)
    assert (status, problem["supported"]) == (415, list(SUPPORTED))


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "Application/JSON; Charset=UTF-8"]
)
def test_json_in_utf_8_is_accepted_under_each_of_its_names(
    log: MemoryLog, content_type: str | None
) -> None:
    assert sent(log, EVENT, content_type=content_type)[0] == 201


@pytest.mark.parametrize(
    ("authorizer", "arn", "expected"),
    [
        ({"principalId": "anna"}, None, "anna"),
        ({"claims": {"sub": "anna", "scope": "events/write"}}, None, "anna"),
        (None, "arn:aws:sts::1:assumed-role/Shop/anna", "arn:aws:sts::1:assumed-role/Shop/anna"),
        ({}, None, None),
    ],
)
def test_each_authorizer_names_the_principal_and_no_header_does(
    log: MemoryLog, authorizer: dict[str, Any] | None, arn: str | None, expected: str | None
) -> None:
    request = post(EVENT)
    request["headers"] |= {"recorded_by": "eve", "X-Amzn-Principal": "eve", "principalId": "eve"}
    request["requestContext"]["identity"]["userArn"] = arn
    request["requestContext"]["authorizer"] = authorizer
    build(log=log, telemetry=Told().telemetry)(request, CONTEXT)
    assert log.events["1"].recorded_by == expected


def test_the_principal_comes_from_the_authorizer_and_never_from_the_body(log: MemoryLog) -> None:
    request = post(EVENT)
    request["requestContext"]["identity"]["userArn"] = "arn:aws:iam::1:user/anna"
    build(log=log, telemetry=Told().telemetry)(request, CONTEXT)
    assert log.events["1"].recorded_by == "arn:aws:iam::1:user/anna"
    status, problem = sent(log, EVENT.replace('"type"', '"recorded_by":"eve","type"'))
    assert (status, problem["errors"][0]["field"]) == (400, "recorded_by")


@given(ids, types, json_texts)
def test_any_legal_event_comes_back_exactly(id: str, type: str, text: str) -> None:
    body = f'{{"id":{json.dumps(id)},"type":{json.dumps(type)},"payload":{text}}}'
    response = build(log=MemoryLog(), telemetry=Told().telemetry)(post(body), CONTEXT)
    assert response["statusCode"] == 201
    assert response["body"].endswith(f'"payload":{text}}}')


def test_an_item_that_is_no_event_takes_its_id_and_harms_no_other(tables: Tables) -> None:
    """Somebody wrote it around the API: that is said, for its id alone."""
    tables.client.put_item(TableName=tables.events, Item={"id": {"S": "odd"}})
    handler = build(log=DynamoDBLog(tables.client, table=tables.events), telemetry=Told().telemetry)
    response = handler(post('{"id":"odd","type":"t","payload":1}'), CONTEXT)
    problem = json.loads(response["body"])
    assert (response["statusCode"], problem["type"]) == (500, f"{PROBLEMS}/unreadable")
    assert "the attribute 'type' is missing" in problem["detail"]
    batch = [{"id": id, "type": "t", "payload": 1} for id in ("a", "odd", "b")]
    results = json.loads(handler(post(json.dumps(batch)), CONTEXT)["body"])["results"]
    assert [result["status"] for result in results] == ["created", "conflict", "created"]


def test_a_body_that_comes_compressed_is_opened_within_bounds(log: MemoryLog) -> None:
    headers = {"Content-Encoding": "gzip"}
    assert sent(log, gzip.compress(EVENT.encode()), headers=headers)[0] == 201
    for body, status in (
        (gzip.compress(bytes(20_000_000)), 413),
        (gzip.compress(EVENT.encode())[:-1], 400),
        (b"\x1f\x8b not so", 400),
    ):
        assert sent(log, body, headers=headers)[0] == status
    assert sent(log, gzip.compress(EVENT.encode()))[0] == 400, "it must say so"
