"""The whole OpenAPI 3.1 document of a stage's API.

Invariant: it depends on the code and the stage's settings alone.
https://spec.openapis.org/oas/v3.1.1.html
"""

from typing import Any

from api.routes import PAGES, ROUTES, Route
from infra.openapi.answers import COMMON_HEADERS, problem_responses
from infra.openapi.operations import OPERATIONS
from infra.openapi.schemas import schemas
from infra.openapi.security import requirements, security_schemes
from infra.settings import Settings

VERSION = "0.1.0"
_TAGS = {
    "events": "Append events, get them back, and list them.",
    "types": "What types of events there are.",
    "search": "Find events by words, types, times and values of their payload.",
    "about": "This document and its pages.",
}


def document(settings: Settings) -> dict[str, Any]:
    """The document of the API as this stage has it."""
    paths: dict[str, dict[str, Any]] = {}
    pages = () if settings.api_docs == "off" else PAGES
    for route in (*ROUTES, *pages):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, settings)
    schemes = security_schemes(settings)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Serverless Event Logger",
            "version": VERSION,
            "summary": "An append-only event log.",
            "description": "Events are appended, never changed, and come back exactly as they were"
            " sent. Errors are RFC 9457 problem documents.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": ".", "description": "Where this document is."}],
        "tags": [
            {"name": name, "description": text}
            for name, text in _TAGS.items()
            if pages or name != "about"
        ],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "headers": dict(COMMON_HEADERS),
            **({"securitySchemes": schemes} if schemes else {}),
        },
    }


def _operation(route: Route, settings: Settings) -> dict[str, Any]:
    operation = OPERATIONS[route.method, route.path]
    body = {"required": True, "content": dict(operation.body)}
    tag = route.path.split("/")[1]
    asked = () if route in PAGES and settings.api_docs == "open" else (route.scope,)
    answers = {str(status): one.response() for status, one in operation.answers.items()}
    problems = problem_responses(operation.problems, settings)
    if route.method == "HEAD":
        problems = {status: {**one, "content": {}} for status, one in problems.items()}
    return {
        "operationId": operation.id,
        "tags": [tag if tag in _TAGS else "about"],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": list(operation.parameters),
        **({"requestBody": body} if operation.body else {}),
        "responses": answers | problems,
        "security": [one for scope in asked for one in requirements(scope, settings)],
    }
