"""What each route is for, takes and answers: one for each of `api.routes`."""

from collections.abc import Mapping

from api.routes import PAGES, ROUTES
from infra.openapi.append_operation import APPEND_EVENTS
from infra.openapi.find_operations import LIST_TYPES, SEARCH_EVENTS
from infra.openapi.operation import Operation, head_of
from infra.openapi.page_operations import GET_ASSET, GET_DOCS, GET_DOCUMENT, GET_PROBLEM
from infra.openapi.read_operations import GET_EVENT, LIST_EVENTS

_WITH_BODIES: Mapping[tuple[str, str], Operation] = {
    ("POST", "/events"): APPEND_EVENTS,
    ("GET", "/events"): LIST_EVENTS,
    ("GET", "/events/{id}"): GET_EVENT,
    ("GET", "/types"): LIST_TYPES,
    ("GET", "/search"): SEARCH_EVENTS,
    ("GET", "/openapi.json"): GET_DOCUMENT,
    ("GET", "/docs"): GET_DOCS,
    ("GET", "/docs/{asset}"): GET_ASSET,
    ("GET", "/problems/{kind}"): GET_PROBLEM,
}
OPERATIONS: Mapping[tuple[str, str], Operation] = {
    **_WITH_BODIES,
    **{
        (route.method, route.path): head_of(_WITH_BODIES["GET", route.path])
        for route in (*ROUTES, *PAGES)
        if route.method == "HEAD"
    },
}
"""By method and path."""
