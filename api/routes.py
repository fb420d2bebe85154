"""The routes of the API, once: CDK makes a method of each, the authorizer and the API's document
name the same.
"""

from dataclasses import dataclass, replace

from api.scopes import READ, SEARCH, WRITE


@dataclass(frozen=True, slots=True)
class Route:
    """A method on a path, as API Gateway writes paths, and what its callers need to be allowed."""

    method: str
    path: str
    scope: str


_ROUTES = (
    Route("POST", "/events", WRITE),
    Route("GET", "/events", READ),
    Route("GET", "/events/{id}", READ),
    Route("GET", "/types", READ),
    Route("GET", "/search", SEARCH),
)
HEADS = tuple(replace(route, method="HEAD") for route in _ROUTES if route.method == "GET")
"""Whatever can be got of the log can be asked for its headers alone."""

ROUTES = _ROUTES + HEADS

PAGES = (
    Route("GET", "/openapi.json", READ),
    Route("GET", "/docs", READ),
    Route("GET", "/docs/{asset}", READ),
    Route("GET", "/problems/{kind}", READ),
)
"""The API's document and its pages: open, for those who may read, or not there, by the stage."""
