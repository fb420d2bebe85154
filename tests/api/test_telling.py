"""What the API's functions tell: a line for each request, and numbers that add up."""

import json
from typing import Any

import pytest

from api.authorize import build as build_authorizer
from api.tokens import Claims, UnauthorizedError
from api.write import build
from domain.errors import LogUnavailableError
from domain.event import NewEvent
from domain.log import Appended, Outcome
from domain.memory_log import MemoryLog
from tests.requests import post
from tests.telemetry import CONTEXT, Told

CARD = "4111-1111"
EVENT = json.dumps({"id": "1", "type": "order.placed", "payload": {"card": CARD}})
CORRELATION = "0d6f2c1e-6b0e-4f43-9a27-6f1c0f4d2f11"


def event(id: str, payload: object = CARD, **fields: object) -> dict[str, object]:
    return {"id": id, "type": "t", "payload": payload, **fields}


def posted(told: Told, *bodies: Any, log: MemoryLog | None = None) -> list[int]:
    handler = build(log=log or MemoryLog(), telemetry=told.telemetry)
    texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
    return [handler(post(text), CONTEXT)["statusCode"] for text in texts]


def test_a_request_is_one_line_with_its_ids_route_status_outcome_and_duration() -> None:
    told = Told(level="INFO")
    posted(told, EVENT)
    [line] = told.lines
    assert line["duration_ms"] >= 0
    assert {key: line[key] for key in line.keys() - {"duration_ms", "timestamp", "location"}} == {
        "level": "INFO",
        "message": "request",
        "service": told.telemetry.logger.service,
        "correlation_id": CORRELATION,
        "function_request_id": CONTEXT.aws_request_id,
        "route": "POST /events",
        "status": 201,
        "outcomes": {"created": 1},
        "event_id": "1",
        "event_type": "order.placed",
    }


def test_a_batch_is_one_line_too_and_a_conflict_has_its_own_with_the_event() -> None:
    told = Told(level="INFO")
    batch = [event("1", 1), event("1", 1), event("1", 2), event("2"), {"id": "3"}, "no event"]
    posted(told, batch)
    [request] = told.at("INFO")
    assert request["outcomes"] == {
        "created": 2,
        "duplicate": 1,
        "conflict": 1,
        "invalid-event": 2,
    }
    [conflict] = told.at("WARNING")
    assert (conflict["event_id"], conflict["event_type"]) == ("1", "t")
    assert conflict["correlation_id"] == CORRELATION


def test_at_level_debug_each_event_of_a_batch_has_a_line() -> None:
    told = Told(level="DEBUG")
    posted(told, [event(str(n)) for n in range(3)])
    lines = [(line["event_id"], line["outcome"]) for line in told.at("DEBUG")]
    assert lines == [("0", "created"), ("1", "created"), ("2", "created")]


def test_no_line_holds_a_payload_a_header_or_a_query() -> None:
    told = Told()
    request = post(EVENT)
    request["headers"] |= {"Authorization": "Bearer s3cr3t", "X-Api-Key": "s3cr3t"}
    request["multiValueQueryStringParameters"] = {"token": ["s3cr3t"]}
    handler = build(log=MemoryLog(), telemetry=told.telemetry)
    handler(request, CONTEXT)
    handler(post(json.dumps([event("1"), event("1", "other"), {"payload": CARD}])), CONTEXT)
    handler(post(f'{{"type":"t","payload":"{CARD}"'), CONTEXT)
    assert told.lines
    assert CARD not in told.text()
    assert "s3cr3t" not in told.text()


@pytest.mark.parametrize(
    ("bodies", "sums"),
    [
        ([EVENT], {("Appended", None): 1}),
        ([EVENT, EVENT], {("Appended", None): 1, ("Duplicates", None): 1}),
        ([event("1", 1), event("1", 2)], {("Appended", None): 1, ("Conflicts", None): 1}),
        (["{"], {("Rejected", None): 1, ("Rejected", "invalid-json"): 1}),
        ([[]], {("Rejected", None): 1, ("Rejected", "bad-request"): 1}),
        (
            [[event("1"), event("1"), event("1", 2), event("2", "x" * 500_000), {"id": "3"}]],
            {
                ("Appended", None): 1,
                ("Duplicates", None): 1,
                ("Conflicts", None): 1,
                ("Rejected", None): 2,
                ("Rejected", "too-large"): 1,
                ("Rejected", "invalid-event"): 1,
            },
        ),
    ],
)
def test_each_event_is_counted_exactly_once(bodies: list[Any], sums: dict[Any, int]) -> None:
    told = Told()
    posted(told, *bodies)
    assert told.sums() == sums
    assert len(told.emitted) == len(bodies), "once for each invocation"


def test_every_field_of_a_line_is_documented() -> None:
    told = Told()
    posted(told, EVENT, "{", [event("1", 1), event("2"), {"id": "3"}])
    assert len(told.lines) == 6
    assert told.undocumented() == set()


class FalteringLog(MemoryLog):
    """It takes every second event of a batch, and no single one."""

    def append(self, event: NewEvent, *, recorded_by: str | None = None) -> Appended:
        raise LogUnavailableError("ThrottlingException")

    def append_many(self, events: Any, *, recorded_by: str | None = None) -> list[Outcome]:
        taken = iter(super().append_many(events[::2]))
        return [
            LogUnavailableError("ThrottlingError") if n % 2 else next(taken)
            for n, _ in enumerate(events)
        ]


def test_what_the_store_did_not_take_is_counted_though_a_batch_answers_200() -> None:
    told = Told()
    assert posted(told, [event(str(n)) for n in range(5)], EVENT, log=FalteringLog()) == [200, 503]
    assert told.sums() == {
        ("Appended", None): 3,
        ("Rejected", None): 3,
        ("Rejected", "unavailable"): 3,
    }


class BrokenLog(MemoryLog):
    """A log whose store fails in a way that nothing provides for."""

    def append(self, event: NewEvent, *, recorded_by: str | None = None) -> Appended:
        raise PermissionError(event.payload.text)


def test_a_request_that_fails_is_told_by_its_ids_and_counts_nothing() -> None:
    told = Told()
    with pytest.raises(PermissionError):
        posted(told, EVENT, log=BrokenLog())
    [line] = told.lines
    assert (line["level"], line["message"], line["error"]) == (
        "ERROR",
        "request failed",
        "PermissionError",
    )
    assert (line["correlation_id"], line["event_id"]) == (CORRELATION, "1")
    assert CARD not in told.text()
    assert told.emitted == []


def test_one_requests_keys_are_not_on_the_next_ones_line() -> None:
    told = Told(level="INFO")
    posted(told, EVENT, "{")
    assert "event_id" in told.lines[0]
    assert "event_id" not in told.lines[1]


class OneToken:
    """Believes one token."""

    def claims(self, token: str) -> Claims:
        if not token.startswith("good"):
            raise UnauthorizedError
        return Claims("anna", frozenset({"events/write", "openid"}))


def test_the_authorizer_tells_what_it_decided_and_no_token() -> None:
    told = Told()
    authorize = build_authorizer(tokens=OneToken(), telemetry=told.telemetry)  # type: ignore[arg-type]
    request = {"methodArn": "arn:aws:execute-api:eu-central-1:1:api/prod/POST/events"}
    authorize({**request, "authorizationToken": "Bearer good"}, CONTEXT)
    with pytest.raises(UnauthorizedError):
        authorize({**request, "authorizationToken": "Bearer f0rged"}, CONTEXT)
    assert told.undocumented() == set()
    accepted, refused = told.lines
    assert (accepted["message"], accepted["scopes"]) == ("token accepted", ["events/write"])
    assert (refused["message"], refused["reason"]) == ("token refused", "UnauthorizedError")
    assert "good" not in told.text()
    assert "f0rged" not in told.text()
    assert told.sums() == {("Rejected", None): 1, ("Rejected", "unauthorized"): 1}


TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def traced(told: Told, body: object, header: str, *, log: MemoryLog) -> int:
    request = post(json.dumps(body))
    request["headers"]["Traceparent"] = header
    handler = build(log=log, telemetry=told.telemetry)
    status: int = handler(request, CONTEXT)["statusCode"]
    return status


def test_the_callers_trace_is_kept_with_its_events_and_stands_on_their_lines() -> None:
    told, log = Told(), MemoryLog()
    assert traced(told, event("1"), TRACE, log=log) == 201
    traced(told, [event("2"), event("3", traceparent=OTHER_TRACE)], TRACE, log=log)
    kept = {id: one.traceparent for id, one in log.events.items()}
    assert kept == {"1": TRACE, "2": TRACE, "3": OTHER_TRACE}
    assert [line["traceparent"] for line in told.at("INFO")] == [TRACE, TRACE]
    assert [line["traceparent"] for line in told.at("DEBUG")] == [TRACE, OTHER_TRACE]


def test_an_event_that_is_sent_again_under_another_trace_is_the_same() -> None:
    told, log = Told(), MemoryLog()
    traced(told, event("1"), TRACE, log=log)
    assert traced(told, event("1"), OTHER_TRACE, log=log) == 200
    assert log.events["1"].traceparent == TRACE


@pytest.mark.parametrize("header", ["", "00-0-0-0", TRACE.upper(), f"{TRACE}-future", CARD])
def test_a_trace_header_that_is_none_is_ignored_and_not_logged(header: str) -> None:
    told, log = Told(), MemoryLog()
    assert traced(told, event("1"), header, log=log) == 201
    assert log.events["1"].traceparent is None
    assert "traceparent" not in told.text()
