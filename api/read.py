"""GET /events/{id}, GET /events?id=, GET /events?type= and GET /types; no search.

Invariant: stored payload texts are put into answers as they are; nothing parses them here.
"""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from api.both_ways import page_of
from api.cursor import Cursors
from api.event_answers import etag, writer
from api.handling import Account, Handler, handler_of
from api.http import Request, Response, headers_of, json_response, matches, page_links
from api.negotiation import EVENT_FORMS, LISTING_FORMS, TYPES_FORMS, chosen
from api.page import MAX_PAGE_BYTES, page_response
from api.parameters import limit_of, parameters
from api.problems import ProblemError
from api.queries import BY_ID, BY_TYPE, MAX_LIMIT, MAX_TYPES_LIMIT, OF_TYPES, listing_of
from domain.event import Event
from domain.identity import second_key
from domain.log import Log
from domain.telemetry import Telemetry
from projections.by_type_listing import ByTypeListing, TypeSeen

_A_YEAR = 31_536_000


def build(*, log: Log, listing: ByTypeListing, cursors: Cursors, telemetry: Telemetry) -> Handler:
    """The read function's handler over the log and the by-type projection."""

    def by_path(request: Request, account: Account) -> Response:
        parameters(request, known=())
        try:
            id = unquote(request["pathParameters"]["id"], errors="strict")
        except UnicodeDecodeError as error:
            raise ProblemError("bad-request", "the id is not percent-encoded UTF-8") from error
        account.keys["event_id"] = id
        return _event(request, log.get(id) if id else None, f"the id {id!r}")

    def events(request: Request, account: Account) -> Response:
        query = parameters(request, known=BY_ID + BY_TYPE)
        if ("id" in query) == ("type" in query):
            raise ProblemError("bad-request", "name either an id or a type: ?id=ID or ?type=TYPE")
        if "id" in query:
            parameters(request, known=BY_ID)
            account.keys["event_id"] = query["id"]
            return _event(request, *_found(log, **query))
        query = parameters(request, known=BY_TYPE)
        account.keys["event_type"] = query["type"]
        return _page(request, query, listing, cursors)

    def types(request: Request, _account: Account) -> Response:
        return _types(request, listing, cursors)

    routes = {"/events/{id}": by_path, "/events": events, "/types": types, "/search": _no_search}
    return handler_of(
        lambda request, account: routes[request["resource"]](request, account), telemetry=telemetry
    )


def _found(log: Log, *, id: str, source: str | None = None) -> tuple[Event | None, str]:
    """The event with this id, and of this source if that matters; and what was looked for."""
    event = log.get(id) if id else None
    if source is None:
        return event, f"the id {id!r}"
    if event is None or event.source != source:
        event = log.get(second_key(source=source, id=id))
    return event, f"the id {id!r} and the source {source!r}"


def _event(request: Request, event: Event | None, wanted: str) -> Response:
    headers = headers_of(request)
    form = chosen(request, headers, EVENT_FORMS)
    if event is None:
        raise ProblemError("not-found", f"no event has {wanted}")
    tag = etag(event, form)
    kept = f"private, max-age={_A_YEAR}, immutable"
    said = {
        "ETag": tag,
        "Cache_Control": kept,
        "Vary": "Accept, Accept-Encoding",
        "Content_Type": form,
    }
    if matches(headers.get("if-none-match"), tag):
        return json_response(304, "", **said)
    return json_response(200, writer(form)(event), **said)


def _page(
    request: Request, query: dict[str, str], listing: ByTypeListing, cursors: Cursors
) -> Response:
    wanted = listing_of(query)
    form = chosen(request, headers_of(request), LISTING_FORMS)
    limit, text_of = limit_of(query, maximum=MAX_LIMIT), writer(form)

    def read(backwards: bool, after: str | None) -> tuple[list[str], str | None, str | None]:
        way = replace(wanted, descending=wanted.descending != backwards)
        page = listing.page(
            way, after=after, limit=limit, max_bytes=MAX_PAGE_BYTES, text_of=text_of
        )
        return page.events, page.next, page.first

    bound = ["events", wanted.type, wanted.start, wanted.end, str(wanted.descending)]
    found = page_of(query.get("cursor"), read, cursors=cursors, bound=bound)
    return page_response(request, *found, form=form)


def _types(request: Request, listing: ByTypeListing, cursors: Cursors) -> Response:
    query = parameters(request, known=OF_TYPES)
    chosen(request, headers_of(request), TYPES_FORMS)
    limit = limit_of(query, maximum=MAX_TYPES_LIMIT)

    def read(backwards: bool, after: str | None) -> tuple[list[TypeSeen], str | None, str | None]:
        page = listing.types(after=after, limit=limit, descending=backwards)
        return page.types, page.next, page.first

    types, cursor, previous = page_of(query.get("cursor"), read, cursors=cursors, bound=["types"])
    body: dict[str, Any] = {
        "types": [{"type": t.type, "first_seen": t.first, "last_seen": t.last} for t in types],
        "next_cursor": cursor,
    }
    links = page_links(request, cursor, previous)
    return json_response(200, json.dumps(body, ensure_ascii=False), **links)


def _no_search(_request: Request, _account: Account) -> Response:
    """What GET /search answers where it has no function of its own."""
    raise ProblemError("search-not-configured", "this stage has no search; list by type instead")
