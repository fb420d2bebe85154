"""The requests that ours and the peers get, alike but for what each app expects."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.bench.bundles import (
    Bundled,
    bare_boto3,
    fastapi_dyntastic,
    nothing,
    ours,
    powertools_validated,
)
from tests.bench.processes import Work
from tests.requests import get, post

WRITE, READ = "api.write_handler.handler", "api.read_handler.handler"
BY_TYPE_PROJECTOR = "projections.by_type_handler.handler"
OURS, BARE = "ours", "bare boto3"
FASTAPI, POWERTOOLS = "FastAPI, Mangum, dyntastic", "Powertools, validated and traced"
NOTHING = "a handler that does nothing"
PEERS = (BARE, FASTAPI, POWERTOOLS)


@dataclass(frozen=True, slots=True)
class App:
    """One application: the functions that take its writes and its reads, which may be one."""

    write: Bundled
    read: Bundled
    encoded: bool = False
    """Whether its API hands bodies on in base64, as ours does, to keep their bytes."""

    def posts(self, *bodies: str, status: int = 201) -> Work:
        """A POST of each body."""
        return Work(self.write, [self._post(body) for body in bodies], status)

    def gets(self, id: str, *, times: int = 1) -> Work:
        """GET of an event, so often."""
        request = get("/events/{id}", id=id) | {"path": f"/events/{id}"}
        return Work(self.read, [request] * times, 200)

    def lists(self, type: str, *, times: int = 1) -> Work:
        """The newest 50 events of a type, so often."""
        query = {"queryStringParameters": {"type": type}}
        return Work(self.read, [get("/events", type=type) | query] * times, 200)

    def _post(self, body: str) -> dict[str, Any]:
        plain = {"body": body, "isBase64Encoded": False}
        return post(body) if self.encoded else post(body) | plain


def app(name: str, *, started: bool = False) -> App:
    """The app of this name, bundled once.

    If only what it does once `started` is measured, all have bytecode: that saves time alone.
    """
    if name == OURS:
        return App(ours(WRITE), ours(READ), encoded=True)
    bundles: dict[str, Callable[[], Bundled]] = {
        BARE: bare_boto3,
        FASTAPI: partial(fastapi_dyntastic, bytecode=started),
        POWERTOOLS: partial(powertools_validated, bytecode=started),
        NOTHING: nothing,
    }
    bundled = bundles[name]()
    return App(bundled, bundled)


def body(id: str, payload: object, *, type: str = "order.placed") -> str:
    """An event as a producer sends it."""
    return json.dumps({"id": id, "type": type, "payload": payload}, separators=(",", ":"))


def items(text: str) -> dict[str, dict[str, Any]]:
    """The event of a body as each app keeps it: ours, then the peers', for GetItem to find."""
    event = json.loads(text)
    keys = {name: {"S": event[name]} for name in ("id", "type")}
    payload = {"payload": {"S": json.dumps(event["payload"], separators=(",", ":"))}}
    ours = {
        "recorded_at": {"S": "2026-11-23T10:00:00.000000Z"},
        "hash": {"B": "AAAA" * 10 + "AAA="},
    }
    return {
        OURS: keys | payload | ours,
        BARE: keys | payload,
        POWERTOOLS: keys | payload,
        FASTAPI: keys | {"payload": _attribute(event["payload"])},
    }


def _attribute(value: Any) -> dict[str, Any]:
    """A JSON value as DynamoDB's types, as dyntastic keeps it."""
    match value:
        case bool():
            return {"BOOL": value}
        case None:
            return {"NULL": True}
        case str():
            return {"S": value}
        case dict():
            return {"M": {key: _attribute(v) for key, v in value.items()}}
        case list():
            return {"L": [_attribute(v) for v in value]}
    return {"N": str(value)}
