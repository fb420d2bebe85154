"""Calls of both clients: what they ask, what they give back, and when they ask again."""

import json
import re
import uuid
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import httpx
import pytest

from api.client import (
    ApiError,
    BearerToken,
    ConflictError,
    DeniedError,
    EventLog,
    InvalidError,
    NotFoundError,
    Outcome,
    RefusedError,
    Retries,
    ThrottledError,
    TypeSeen,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from api.write import build
from domain.memory_log import MemoryLog
from tests.api.client.played import KINDS, Client, event_json, page, problem, scripted
from tests.requests import post
from tests.telemetry import CONTEXT, Told

pytestmark = pytest.mark.parametrize("kind", KINDS)
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def over_the_log(kind: str) -> tuple[Client, MemoryLog]:
    """A client of the real write function over a log in memory."""
    log = MemoryLog()
    handler = build(log=log, telemetry=Told().telemetry)

    def answer(request: httpx.Request) -> httpx.Response:
        given = handler(post(request.content), CONTEXT)
        return httpx.Response(given["statusCode"], text=given["body"])

    return Client(kind, answer), log


@pytest.mark.parametrize(
    "text", ["1e400", str(2**70), "0.10000000000000000001", "-0.0", '{"b":[],"a":1.50}', "7" * 5000]
)
def test_a_payload_comes_back_to_the_digit(kind: str, text: str) -> None:
    client, log = over_the_log(kind)
    appended = client.one("append", "t", payload_text=text, id="1")
    assert (appended.created, appended.event.payload_text) == (True, text)
    assert log.events["1"].payload == text
    again = client.one("append", "t", payload_text=f" {text}\n", id="1")
    assert (again.created, again.event) == (False, appended.event)


def test_a_payload_is_read_as_python_reads_json(kind: str) -> None:
    client, _ = over_the_log(kind)
    payload = {"text": "é\u2028", "list": [None, True, 0.1, 2**70], "empty": {}}
    event = client.one(
        "append", "t", payload, source="/s", subject="ü", time="2026-01-01T00:00:00Z"
    )
    assert event.event.payload == payload
    assert (event.event.source, event.event.subject) == ("/s", "ü")
    exactly = json.loads(event.event.payload_text, parse_float=Decimal)
    assert exactly["list"][2] == Decimal("0.1")
    assert client.one("append", "t", None).event.payload is None


def test_what_could_not_be_sent_exactly_is_refused_before_it_is(kind: str) -> None:
    answer, requests = scripted(httpx.Response(201))
    client = Client(kind, answer)
    for given, error in (
        ({"payload": float("nan")}, ValueError),
        ({"payload": "\ud800"}, ValueError),
        ({"payload": {1, 2}}, TypeError),
        ({"payload_text": '1,"type":"other"'}, ValueError),
        ({"payload_text": ""}, ValueError),
        ({"payload": 1, "payload_text": "1"}, ValueError),
        ({}, ValueError),
    ):
        with pytest.raises(error):
            client.one("append", "t", **given)
    assert requests == []


def test_a_retry_sends_the_same_id_which_the_client_has_made(kind: str) -> None:
    answer, requests = scripted(
        httpx.ReadTimeout("late"), problem(503), httpx.Response(200, text=event_json())
    )
    assert not Client(kind, answer).one("append", "t", 1).created
    assert len(requests) == 3
    assert len({request.content for request in requests}) == 1
    assert UUID7.fullmatch(json.loads(requests[0].content)["id"])
    assert requests[0].url == "https://api.test/dev/events"
    assert requests[0].headers["Content-Type"] == "application/json"


def test_pauses_are_drawn_up_to_twice_as_long_each_time(kind: str) -> None:
    answer, requests = scripted(problem(500))
    client = Client(kind, answer)
    with pytest.raises(UnavailableError):
        client.one("append", "t", 1)
    assert client.pauses == [0.1, 0.2, 0.4, 0.8, 1.6]
    assert len(requests) == 6
    drawn = Client(kind, answer, Retries(tries=9, longest=0.3, draw=lambda: 0.5))
    with pytest.raises(UnavailableError):
        drawn.one("append", "t", 1)
    assert drawn.pauses == [0.05, 0.1, *[0.15] * 6]


def test_retry_after_is_respected_in_both_its_forms(kind: str) -> None:
    until = {
        "Retry-After": "Thu, 01 Jan 2026 00:00:07 GMT",
        "Date": "Thu, 01 Jan 2026 00:00:02 GMT",
    }
    answer, _ = scripted(
        problem(429, headers={"Retry-After": "3"}),
        problem(503, headers=until),
        problem(429, headers={"Retry-After": "soon"}),
        httpx.Response(201, text=event_json()),
    )
    client = Client(kind, answer)
    assert client.one("append", "t", 1).created
    assert client.pauses == [3.1, 5.2, 0.4]


def test_one_is_not_waited_for_that_asks_for_too_long(kind: str) -> None:
    answer, requests = scripted(problem(429, headers={"Retry-After": "3600"}))
    with pytest.raises(ThrottledError) as refused:
        Client(kind, answer).one("append", "t", 1)
    assert (refused.value.retry_after, len(requests)) == (3600.0, 1)


@pytest.mark.parametrize(
    ("answer", "error", "requests_made"),
    [
        (problem(400, "invalid-event"), InvalidError, 1),
        (problem(401), DeniedError, 1),
        (problem(403), DeniedError, 1),
        (problem(404, "not-found"), NotFoundError, 1),
        (problem(409, "conflict"), ConflictError, 1),
        (problem(413, "too-large"), InvalidError, 1),
        (problem(415, "unsupported-media-type"), InvalidError, 1),
        (problem(418), RefusedError, 1),
        (problem(429), ThrottledError, 6),
        (problem(500), UnavailableError, 6),
        (problem(500, "unreadable"), UnavailableError, 1),
        (problem(504), UnavailableError, 6),
        (httpx.Response(301, headers={"Location": "https://evil.test"}), RefusedError, 1),
        (httpx.Response(200, text="<html>"), UnexpectedAnswerError, 1),
        (httpx.Response(200, text='{"id":"1"}'), UnexpectedAnswerError, 1),
        (httpx.ConnectError("refused"), UnreachableError, 6),
    ],
)
def test_every_failure_has_its_error(
    kind: str, answer: httpx.Response | Exception, error: type[ApiError], requests_made: int
) -> None:
    answering, requests = scripted(answer)
    with pytest.raises(ApiError) as raised:
        Client(kind, answering).one("get", "1")
    assert type(raised.value) is error
    assert len(requests) == requests_made


def test_an_error_carries_the_facts_of_the_problem(kind: str) -> None:
    stored = {"id": "1", "hash": "abc"}
    given = problem(409, "conflict", headers={"x-amzn-RequestId": "r1"}, stored=stored)
    with pytest.raises(ConflictError, match="the API answered 409: detail") as raised:
        Client(kind, scripted(given)[0]).one("append", "t", 1)
    error = raised.value
    assert (error.stored, error.request_id, error.problem.kind) == (stored, "r1", "conflict")
    old = problem(404, type="urn:eventlog:problem:not-found")
    with pytest.raises(NotFoundError) as raised_old:
        Client(kind, scripted(old)[0]).one("get", "1")
    assert raised_old.value.problem.kind == "not-found"
    bare = httpx.Response(403, text="Forbidden by a proxy")
    with pytest.raises(DeniedError, match="403: Forbidden by a proxy") as raised_bare:
        Client(kind, scripted(bare)[0]).one("get", "1")
    assert raised_bare.value.problem.kind is None
    with pytest.raises(UnreachableError, match=r"^https://api\.test/dev cannot be reached: no way"):
        Client(kind, scripted(httpx.ConnectError("no way"))[0]).one("get", "1")


@pytest.mark.parametrize("id", ["1", "..", "a/b", "a?b=c&d#e", "ü %2F+", "a\\b"])
def test_every_id_is_asked_for_unharmed(kind: str, id: str) -> None:
    answer, [*_] = (found := scripted(httpx.Response(200, text=event_json())))
    Client(kind, answer).one("get", id)
    assert dict(found[1][0].url.params) == {"id": id}
    Client(kind, answer).one("get", id, source="/s&t")
    assert dict(found[1][1].url.params) == {"id": id, "source": "/s&t"}


def test_a_listing_reads_pages_as_they_are_needed(kind: str) -> None:
    answer, requests = scripted(
        page("events", [event_json("1"), event_json("2")], '"c+/="'),
        page("events", [], '"d"'),
        page("events", [event_json("3")]),
    )
    client = Client(kind, answer)
    span = {"since": datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))), "page_size": 2}
    assert [e.id for e in client.many("list", "a b", most=2, **span, order="asc")] == ["1", "2"]
    assert len(requests) == 1
    assert dict(requests[0].url.params) == {
        "type": "a b",
        "from": "2025-12-31T23:00:00.000000Z",
        "order": "asc",
        "limit": "2",
    }
    requests.clear()
    assert [event.id for event in client.many("list", "t", until="2026-01-01T00:00:00Z")] == [
        "1",
        "2",
        "3",
    ]
    assert [dict(request.url.params).get("cursor") for request in requests] == [None, "c+/=", "d"]
    with pytest.raises(ValueError, match="no time zone"):
        client.many("list", "t", since=datetime(2026, 1, 1))  # noqa: DTZ001


def test_types_and_searches_are_listed_too(kind: str) -> None:
    seen = {"type": "t", "first_seen": "2026-01-01T00:00:00Z", "last_seen": "2026-01-02T00:00:00Z"}
    answer, _ = scripted(page("types", [json.dumps(seen)], '"c"'), page("types", []))
    [type] = Client(kind, answer).many("types")
    assert type == TypeSeen("t", seen["first_seen"], seen["last_seen"])
    answer, requests = scripted(page("events", [event_json()]))
    client = Client(kind, answer)
    filters = ["payload.n:>=1"]
    [event] = client.many("search", "gift", types=["a", "b"], filters=filters, page_size=10)
    assert (event.id, event.payload) == ("1", 1)
    assert requests[0].url.path == "/dev/search"
    assert requests[0].url.params.multi_items() == [
        ("q", "gift"),
        ("type", "a"),
        ("type", "b"),
        ("filter", "payload.n:>=1"),
        ("limit", "10"),
    ]


def test_fields_that_this_client_does_not_know_stay_in_the_text(kind: str) -> None:
    cloudevent = '"cloudevent":{"dataschema":"https://s.test"},"new":1.50'
    text = event_json()[:-1] + f",{cloudevent}}}"
    event = Client(kind, scripted(httpx.Response(200, text=text))[0]).one("get", "1")
    assert (event.cloudevent, event.text) == ({"dataschema": "https://s.test"}, text)


def test_every_event_of_many_has_one_outcome_in_order(kind: str) -> None:
    client, log = over_the_log(kind)
    deep = '{"id":"deep","type":"t","payload":' + "[" * 400 + "]" * 400 + "}"
    events = [
        {"type": "t", "payload": 1},
        '{"type":"t","payload":1e400}',
        "{}",
        '{"id":"a","type":"t","payload":1}',
        '{"id":"a","type":"t","payload":1.0}',
        '{"id":"a","type":"t","payload":2}',
        "{broken",
        '{"id":"s","type":"t","payload":"\ud800"}',
        "17",
        deep,
        {"id": "x", "type": "t", "payload": "y" * 500_000},
        {"id": "nan", "type": "t", "payload": float("nan")},
        '{"id":7,"type":"t","payload":1}',
        {"id": "z", "type": "t", "payload": None},
    ]
    outcomes = client.many("append_many", events)
    assert [outcome.status for outcome in outcomes] == [
        *("created", "created", "invalid", "created", "duplicate", "conflict"),
        *["invalid"] * 7,
        "created",
    ]
    assert [bool(outcome.problem) for outcome in outcomes] == [
        outcome.status not in {"created", "duplicate"} for outcome in outcomes
    ]
    made, exact = outcomes[0].id, outcomes[1].id
    assert uuid.UUID(made).version == uuid.UUID(exact).version == 7
    assert log.events[exact].payload == "1e400"
    assert set(log.events) == {made, exact, "a", "z"}
    reasons = [str(outcome.problem) for outcome in outcomes]
    assert "type: is required; payload: is required" in reasons[2]
    assert "not JSON: Expecting property name at column 2" in reasons[6]
    assert "lone surrogate" in reasons[7]
    assert "an event is a JSON object" in reasons[8]
    assert "nested more than 256 levels" in reasons[9]
    assert "which holds 409,600" in reasons[10]


def test_batches_stay_within_the_limits(kind: str) -> None:
    sent: list[tuple[int, int]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        events = json.loads(request.content)
        sent.append((len(events), len(request.content)))
        return httpx.Response(200, json={"results": [{"status": "created"} for _ in events]})

    client = Client(kind, answer)
    small = ({"id": str(n), "type": "t", "payload": n} for n in range(1_001))
    assert len(client.many("append_many", small)) == 1_001
    assert [count for count, _ in sent] == [500, 500, 1]
    sent.clear()
    large = [{"id": str(n), "type": "t", "payload": "é" * 150_000} for n in range(14)]
    outcomes = client.many("append_many", large)
    assert [outcome.id for outcome in outcomes] == [str(n) for n in range(14)]
    assert [count for count, _ in sent] == [6, 6, 2]
    assert max(size for _, size in sent) <= 2_000_002


def test_what_the_store_did_not_take_is_sent_again_alone(kind: str) -> None:
    sent: list[list[str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        ids = [event["id"] for event in json.loads(request.content)]
        sent.append(ids)
        failed = {"status": "failed", "problem": {"status": 503, "detail": "busy"}}
        took = [{"id": id, "status": "created"} for id in ids]
        bad = {"b", "c"} if len(sent) == 1 else {"c"}
        results = [one if one["id"] not in bad else failed | {"id": one["id"]} for one in took]
        return httpx.Response(200, json={"results": results})

    client = Client(kind, answer)
    events = [{"id": id, "type": "t", "payload": 1} for id in "abcd"]
    outcomes = client.many("append_many", events)
    assert [(o.id, o.status) for o in outcomes] == [
        ("a", "created"),
        ("b", "created"),
        ("c", "failed"),
        ("d", "created"),
    ]
    assert sent == [[*"abcd"], [*"bc"], *[["c"]] * 4]
    assert client.pauses == [0.1, 0.2, 0.4, 0.8, 1.6]


def test_outcomes_come_batch_by_batch_so_that_an_error_loses_none(kind: str) -> None:
    results = {"results": [{"status": "created"}] * 500}
    answer, _ = scripted(httpx.Response(200, json=results), problem(403))
    events = [{"id": str(n), "type": "t", "payload": n} for n in range(501)]
    client = Client(kind, answer)
    assert len(client.many("append_many", events, most=500)) == 500
    with pytest.raises(DeniedError):
        client.many("append_many", events)
    wrong = {"results": [{"status": "created"}]}
    with pytest.raises(UnexpectedAnswerError, match="1 results for 2 events"):
        Client(kind, scripted(httpx.Response(200, json=wrong))[0]).many("append_many", events[:2])


def test_nothing_to_append_is_no_request(kind: str) -> None:
    answer, requests = scripted(problem(500))
    client = Client(kind, answer)
    assert client.many("append_many", []) == []
    [outcome] = client.many("append_many", ["{"])
    assert isinstance(outcome, Outcome)
    assert requests == []


def test_keys_and_tokens_are_sent_and_not_shown(kind: str) -> None:
    answer, requests = scripted(httpx.Response(200, text=event_json()))
    transport = httpx.MockTransport(answer)
    token, key = BearerToken("secret-token"), "secret-key"
    with EventLog("https://api.test", transport=transport, auth=token, api_key=key) as log:
        log.get("1")
        assert "secret" not in repr(log) + repr(token)
    headers = requests[0].headers
    assert headers["Authorization"] == "Bearer secret-token"
    assert headers["x-api-key"] == "secret-key"
