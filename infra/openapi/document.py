"""The whole OpenAPI 3.1 document of a stage's API.

Invariant: it depends on the code and the stage's settings alone.
https://spec.openapis.org/oas/v3.1.1.html
"""

from typing import Any

from api.routes import ROUTES, Route
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
}


def document(settings: Settings) -> dict[str, Any]:
    """The document of the API as this stage has it."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
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
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
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
    answers = {str(status): one.response() for status, one in operation.answers.items()}
    return {
        "operationId": operation.id,
        "tags": [route.path.split("/")[1]],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": list(operation.parameters),
        **({"requestBody": body} if operation.body else {}),
        "responses": answers | problem_responses(operation.problems, settings),
        "security": requirements(route.scope, settings),
    }
