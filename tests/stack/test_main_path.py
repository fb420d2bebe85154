"""From POST to listing, through the gateway, the functions, the stream and the real engine."""

import json
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import ids, json_texts, types
from tests.stack.local_stack import LocalStack, parse_exactly

THE_SMALLEST_REQUEST = '{"id":"1","type":"string","payload":{"key1":"value1"}}'


def test_the_smallest_request_is_stored_found_and_listed_within_a_second(
    stack: LocalStack,
) -> None:
    created = stack.post(THE_SMALLEST_REQUEST)
    acknowledged = time.monotonic()
    assert created.status_code == 201
    event = created.json()
    assert event["payload"] == {"key1": "value1"}
    assert stack.client.get(created.headers["Location"]).json() == event
    assert stack.walk_until("string", count=1) == [event]
    assert time.monotonic() - acknowledged < 1
    seen = {"first_seen": event["recorded_at"], "last_seen": event["recorded_at"]}
    assert {"type": "string", **seen} in stack.types()


def test_what_was_posted_is_served_to_the_byte_and_never_twice(stack: LocalStack) -> None:
    id = f"cached-{uuid.uuid4()}"
    created = stack.post({"id": id, "type": "t", "payload": [1.5, None]})
    found = stack.get(id)
    assert found.content == created.content
    again = stack.client.get(f"/events/{id}", headers={"If-None-Match": found.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ids, types, json_texts), min_size=1, max_size=5))
def test_any_legal_event_survives_post_get_and_listing(
    stack: LocalStack, parts: list[tuple[str, str, str]]
) -> None:
    run = uuid.uuid4().hex  # not drawn: each run of an example has events of its own
    created: dict[str, set[str]] = {}
    for some_id, some_type, text in parts:
        id, type = f"{run[:8]}{some_id}"[:256], f"{run}{some_type}"[:256]
        body = f'{{"id":{json.dumps(id)},"type":{json.dumps(type)},"payload":{text}}}'
        answer = stack.post(body)
        assert answer.status_code in {200, 201, 409}, answer.text
        found = stack.get(id)
        assert found.status_code == 200
        if answer.status_code == 201:
            created.setdefault(type, set()).add(id)
            assert found.text.endswith(f'"payload":{text}}}')
            assert parse_exactly(found.text)["payload"] == parse_exactly(text)
    for type, ids_of_type in created.items():
        listed = stack.walk_until(type, count=len(ids_of_type))
        assert {event["id"] for event in listed} == ids_of_type


def _race(api: str, prefix: str, producer: int) -> list[tuple[str, int, str]]:
    """Append 100 ids, five times each; (id, status, hash of the answer's event)."""
    outcomes = []
    with httpx.Client(base_url=api, timeout=60) as client:
        for number in range(500):
            id = f"{prefix}-{number % 100}"
            content = number % 2 if producer else 0
            event = {"id": id, "type": prefix, "payload": content}
            answer = client.post("/events", json=event)
            hash = answer.json().get("hash", "")
            outcomes.append((id, answer.status_code, hash))
    return outcomes


def test_of_two_processes_that_race_exactly_one_creates_each_event(stack: LocalStack) -> None:
    prefix = f"race-{uuid.uuid4().hex}"
    with ProcessPoolExecutor(2) as processes:
        jobs = [processes.submit(_race, stack.facts["api"], prefix, n) for n in range(2)]
        outcomes = [outcome for job in jobs for outcome in job.result()]
    assert len(outcomes) == 1_000
    assert {status for _, status, _ in outcomes} <= {200, 201, 409}
    created = [(id, hash) for id, status, hash in outcomes if status == 201]
    assert sorted(id for id, _ in created) == sorted(f"{prefix}-{n}" for n in range(100))
    for id, hash in created:
        assert stack.get(id).json()["hash"] == hash
    assert len(stack.walk_until(prefix, count=100)) == 100


def test_bad_requests_get_problems_and_no_request_gets_a_5xx(stack: LocalStack) -> None:
    json_type = {"Content-Type": "application/json"}
    requests: list[tuple[str, str, dict[str, Any], int]] = [
        ("POST", "/events", {"content": b"\xff", "headers": json_type}, 400),
        ("POST", "/events", {"content": b"[" * 100_000, "headers": json_type}, 400),
        ("POST", "/events", {"data": {"a": "b"}}, 415),
        ("POST", "/events", {"content": b"x" * 7_000_000, "headers": json_type}, 413),
        ("POST", "/events", {"content": b"x" * 11_000_000, "headers": json_type}, 413),
        ("GET", "/events", {}, 400),
        ("GET", "/events/nobody", {}, 404),
        ("GET", "/events/%ff", {}, 400),
        ("GET", "/nowhere", {}, 404),
        ("DELETE", "/events/1", {}, 405),
        ("PUT", "/events", {}, 405),
    ]
    for method, path, options, status in requests:
        answer = stack.client.request(method, path, **options)
        assert answer.status_code == status, (method, path, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json", (method, path)
        assert answer.json()["status"] == status


def test_a_page_of_large_events_ends_early_and_goes_on(stack: LocalStack) -> None:
    type = f"large-{uuid.uuid4()}"
    for number in range(20):
        event: dict[str, Any] = {"id": f"{type}-{number}", "type": type}
        assert stack.post(event | {"payload": 'x"é' * 40_000}).status_code == 201
    stack.walk_until(type, count=20)
    page = stack.client.get("/events", params={"type": type, "limit": 1000}).json()
    assert 1 <= len(page["events"]) < 20
    assert page["next_cursor"]
    walked = [event["id"] for event in stack.walk(type, limit=1000)]
    assert walked == [f"{type}-{number}" for number in reversed(range(20))]
