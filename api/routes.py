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
_PAGES = (
    Route("GET", "/openapi.json", READ),
    Route("GET", "/docs", READ),
    Route("GET", "/docs/{asset}", READ),
    Route("GET", "/problems/{kind}", READ),
)


def _with_heads(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """Whatever can be got can be asked for its headers alone."""
    return routes + tuple(replace(one, method="HEAD") for one in routes if one.method == "GET")


ROUTES = _with_heads(_ROUTES)
PAGES = _with_heads(_PAGES)
"""The API's document and its pages: open, for those who may read, or not there, by the stage."""
