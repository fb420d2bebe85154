"""What browsers are told about scripts of other origins."""

from typing import Any

import pytest

from api.cors import allowing
from api.write import build
from domain.memory_log import MemoryLog
from tests.requests import post
from tests.telemetry import CONTEXT, Told

APP, OTHER = "https://app.example.com", "http://localhost:5173"
EVENT = '{"id":"1","type":"t","payload":1}'


def answered(
    *allowed: str, origin: str | None, method: str = "POST", body: str = EVENT
) -> dict[str, Any]:
    request = post(body) | {"httpMethod": method}
    request["headers"] |= {} if origin is None else {"origin": origin}
    return allowing(allowed, build(log=MemoryLog(), telemetry=Told().telemetry))(request, CONTEXT)


def test_without_origins_nothing_is_said() -> None:
    answer = answered(origin=APP)
    assert answer["statusCode"] == 201
    assert not {name for name in answer["headers"] if name.startswith("Access-Control")}
    assert "Vary" not in answer["headers"]


@pytest.mark.parametrize("origin", [APP, OTHER])
def test_an_allowed_origin_is_named_and_may_read_the_headers(origin: str) -> None:
    answer = answered(APP, OTHER, origin=origin)
    assert answer["statusCode"] == 201
    headers = answer["headers"]
    assert headers["Access-Control-Allow-Origin"] == origin
    exposed = headers["Access-Control-Expose-Headers"]
    assert exposed == "ETag, Link, Location, Preference-Applied, Retry-After, X-Amzn-RequestId"
    assert headers["Vary"] == "Origin"
    assert headers["Location"] == "/dev/events/1", "its own headers stay"
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://app.example.com.evil.test", "https://app.example.co", APP.upper(), "*"],
)
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_another_origin_is_told_nothing(origin: str | None, method: str) -> None:
    answer = answered(APP, origin=origin, method=method)
    assert not {name for name in answer["headers"] if name.startswith("Access-Control")}
    assert answer["headers"]["Vary"] == "Origin", "the answer to an allowed one differs"


def test_a_problem_can_be_read_too() -> None:
    answer = answered(APP, origin=APP, body="no json")
    assert answer["statusCode"] == 400
    assert answer["headers"]["Access-Control-Allow-Origin"] == APP


def test_a_preflight_request_is_told_what_may_be_sent_and_appends_nothing() -> None:
    log = MemoryLog()
    request = post(EVENT) | {"httpMethod": "OPTIONS"}
    request["headers"] |= {"origin": APP}
    answer = allowing([APP], build(log=log, telemetry=Told().telemetry))(request, CONTEXT)
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert answer["headers"]["Allow"] == "POST, GET, HEAD, OPTIONS"
    headers = answer["headers"]
    assert headers["Access-Control-Allow-Origin"] == APP
    assert headers["Access-Control-Allow-Methods"] == "GET, POST"
    sent = {name.lower() for name in headers["Access-Control-Allow-Headers"].split(", ")}
    assert {"authorization", "content-type", "x-api-key", "x-amz-date"} <= sent
    assert "*" not in sent
    assert log.events == {}


def test_what_else_an_answer_depends_on_stays_said() -> None:
    allowed = allowing([APP], lambda _request, _context: {"headers": {"Vary": "Accept"}})
    request = post(EVENT, headers={"Origin": APP})
    assert allowed(request, CONTEXT)["headers"]["Vary"] == "Accept, Origin"
