"""Calls of the API: those that the document's examples are of, and one for each problem.

Invariant: what a call names is an example, or a problem, of its route in the document.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.append_answers import MINIMAL
from api.http import CLOUD_EVENT, CLOUD_EVENTS, JSON, NDJSON
from domain.errors import UnreadableItemError
from infra.openapi.examples import (
    BATCH,
    BROKEN,
    CHANGED,
    ORDER,
    SMALLEST,
    UNTYPED,
    new,
    stored_as_cloud_event,
)
from tests.infra.openapi.service import Engine, FailingLog, Listing, Make, Service, unavailable
from tests.requests import get, post

Route = tuple[str, str]


@dataclass(frozen=True)
class Call:
    """A request of a service; its answer is the example `name` of that status."""

    route: Route
    name: str
    status: int
    request: dict[str, Any]
    of: Make = Service


EVENTS, EVENT, TYPES = "/events", "/events/{id}", "/types"
SEARCH = "/search"
LONG = '{"id":"1","type":"t","payload":"' + "x" * 410_000 + '"}'


def appending(name: str, status: int, body: str, of: Make = Service) -> Call:
    return Call(("POST", EVENTS), name, status, post(body), of)


def reading(path: str, name: str, status: int, of: Make = Service, **given: Any) -> Call:
    return Call(("GET", path), name, status, get(path, **given), of)


def asking(form: str) -> dict[str, str]:
    """The header that asks for a form."""
    return {"Accept": form}


CLOUD_EVENT_TEXT = json.dumps(stored_as_cloud_event(ORDER))


def posting(
    name: str,
    status: int,
    content_type: str,
    *,
    body: str = CLOUD_EVENT_TEXT,
    of: Make = Service,
    prefer: str = "",
    accept: str = "",
) -> Call:
    """A POST in a form that is asked for, of a CloudEvent unless another body is given."""
    request = post(body, content_type=content_type)
    wished = {"Accept": accept or content_type} | ({"Prefer": prefer} if prefer else {})
    request["headers"] |= wished
    request["multiValueHeaders"] |= {header: [value] for header, value in wished.items()}
    return Call(("POST", EVENTS), name, status, request, of)


def clouded() -> Service:
    service = Service()
    service.answer(post(CLOUD_EVENT_TEXT, content_type=CLOUD_EVENT))
    return service


def kept() -> Service:
    return Service().given(SMALLEST)


def ordered() -> Service:
    return Service().given(ORDER)


def more() -> Service:
    return Service(listing=Listing(next="2026-01-31T12:00:00.250000Z#order-1001-placed"))


def faltering() -> Service:
    return Service(log=FailingLog(unavailable()), listing=Listing(error=unavailable()))


def spoilt() -> Service:
    return Service(log=FailingLog(UnreadableItemError("it has no attribute type")))


def searchable() -> Service:
    return Service(engine=Engine())


def unsearchable() -> Service:
    return Service(engine=Engine(out_of_reach=True))


EXAMPLES = (
    appending("the-smallest-event", 201, SMALLEST),
    appending("every-field", 201, ORDER),
    appending("the-smallest-event", 200, SMALLEST, kept),
    appending("a-batch", 200, BATCH, kept),
    posting("a-cloud-event", 201, CLOUD_EVENT),
    posting("a-cloud-event", 200, CLOUD_EVENT, of=clouded),
    posting("nothing", 201, JSON, body=SMALLEST, prefer=MINIMAL),
    posting("nothing", 200, JSON, body=SMALLEST, of=kept, prefer=MINIMAL),
    posting("a-batch", 200, JSON, body=BATCH, of=kept, accept=NDJSON),
    reading(EVENTS, "a-page", 200, more, type="order.placed"),
    reading(EVENTS, "a-page", 200, more, type="order.placed", headers=asking(NDJSON)),
    reading(EVENTS, "a-page", 200, more, type="order.placed", headers=asking(CLOUD_EVENTS)),
    reading(EVENTS, "one-event", 200, kept, id_="1", headers=asking(CLOUD_EVENT)),
    reading(
        EVENT, "every-field", 200, ordered, id="order-1001-placed", headers=asking(CLOUD_EVENT)
    ),
    reading(SEARCH, "a-page", 200, searchable, limit="1", headers=asking(NDJSON)),
    reading(EVENTS, "the-last-page", 200, type="order.placed"),
    reading(EVENTS, "one-event", 200, kept, id_="1"),
    reading(EVENT, "every-field", 200, ordered, id="order-1001-placed"),
    reading(TYPES, "the-last-page", 200),
    reading(SEARCH, "a-page", 200, searchable, limit="1"),
    reading(SEARCH, "the-last-page", 200, searchable, limit="2"),
)
"""Every example of an answer with a body that is no problem."""

ETAG = f'"{new(SMALLEST).hash}"'
_NOT_CHANGED = (
    reading(EVENTS, "", 304, kept, id_="1", headers={"If-None-Match": ETAG}),
    reading(EVENT, "", 304, kept, id="1", headers={"If-None-Match": ETAG}),
)


def _problems() -> Iterator[Call]:
    yield appending("bad-request", 400, f"[{','.join([SMALLEST] * 501)}]")
    yield appending("invalid-json", 400, BROKEN)
    yield appending("invalid-event", 400, UNTYPED)
    choosy = {"Accept": "text/html"}
    yield Call(("POST", EVENTS), "not-acceptable", 406, post(SMALLEST, headers=choosy))
    for path, parameters in ((EVENTS, {"type": "t"}), (EVENT, {"id": "1"}), (TYPES, {})):
        yield reading(path, "not-acceptable", 406, kept, headers=choosy, **parameters)
    for asked in (choosy, asking(CLOUD_EVENTS)):  # its copy of an event is plain JSON
        yield reading(SEARCH, "not-acceptable", 406, searchable, headers=asked)
    yield appending("conflict", 409, CHANGED, kept)
    yield appending("too-large", 413, LONG)
    plain = post(SMALLEST, content_type="text/plain")
    yield Call(("POST", EVENTS), "unsupported-media-type", 415, plain)
    yield appending("unreadable", 500, SMALLEST, spoilt)
    yield appending("unavailable", 503, SMALLEST, faltering)
    yield reading(EVENTS, "bad-request", 400, type="t", limit="0")
    yield reading(EVENTS, "invalid-cursor", 400, type="t", cursor="forged")
    yield reading(EVENTS, "not-found", 404, id_="2")
    yield reading(EVENTS, "unreadable", 500, spoilt, id_="1")
    yield reading(EVENTS, "unavailable", 503, faltering, type="t")
    yield reading(EVENT, "bad-request", 400, id="1", limit="1")
    yield reading(EVENT, "not-found", 404, id="2")
    yield reading(EVENT, "unreadable", 500, spoilt, id="1")
    yield reading(EVENT, "unavailable", 503, faltering, id="1")
    yield reading(TYPES, "bad-request", 400, limit="101")
    yield reading(TYPES, "invalid-cursor", 400, cursor="forged")
    yield reading(TYPES, "unavailable", 503, faltering)
    yield reading(SEARCH, "bad-request", 400, searchable, limit="101")
    yield reading(SEARCH, "invalid-cursor", 400, searchable, cursor="forged")
    yield reading(SEARCH, "search-not-configured", 404)
    yield reading(SEARCH, "search-unavailable", 503, unsearchable)


PROBLEMS = tuple(_problems())
"""One for each kind of problem of each route."""

_HEADS = {
    (call.route[1], call.status): Call(
        ("HEAD", call.route[1]), "", call.status, call.request | {"httpMethod": "HEAD"}, call.of
    )
    for call in (*EXAMPLES, *_NOT_CHANGED, *PROBLEMS)
    if call.route[0] == "GET"
}
BODILESS = (*_NOT_CHANGED, *_HEADS.values())
"""One for each answer without a body."""
