"""CloudEvents, sent to the write function over a memory log."""

import json
from typing import Any

from api.http import CLOUD_EVENT
from api.write import build
from domain.memory_log import MemoryLog
from tests.requests import post
from tests.telemetry import CONTEXT, Told

GOOD = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}


def answered(
    log: MemoryLog, body: str | bytes, *, content_type: str | None, **headers: str
) -> tuple[int, Any]:
    """Status and body; a header's `_` stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = post(body, content_type=content_type, headers=named)
    response = build(log=log, telemetry=Told().telemetry)(request, CONTEXT)
    return response["statusCode"], response["body"]


def structured(members: dict[str, Any], log: MemoryLog | None = None) -> tuple[int, Any]:
    """The answer to a CloudEvent in the JSON event format."""
    body = json.dumps(members)
    return answered(MemoryLog() if log is None else log, body, content_type=CLOUD_EVENT)


def binary(
    attributes: dict[str, str], body: bytes = b"1", content_type: str | None = "application/json"
) -> tuple[int, Any]:
    """The answer to a CloudEvent in headers, with its data as the body."""
    headers = {f"ce_{name}": value for name, value in attributes.items()}
    return answered(MemoryLog(), body, content_type=content_type, **headers)


def errors(answer: tuple[int, Any]) -> dict[str, str]:
    """What a 400 says, by the attribute that it names."""
    status, body = answer
    problem = json.loads(body)
    assert (status, problem["status"]) == (400, 400)
    return {error["field"]: error["message"] for error in problem["errors"]}
