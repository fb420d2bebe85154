"""How callers prove who they are, by the stage's authorizer.

https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object
"""

from typing import Any

from infra.settings import Settings

_SIGNED = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "AWS Signature Version 4 for the service `execute-api`, by a principal that has"
    " the stack's policy for what it does.",
    "x-amazon-apigateway-authtype": "awsSigv4",
}
_KEY = {
    "type": "apiKey",
    "in": "header",
    "name": "x-api-key",
    "description": "The producer's key, which limits and counts its requests.",
}


def security_schemes(settings: Settings) -> dict[str, Any]:
    """The schemes that the stage's methods ask for, by name; empty where anyone may call."""
    schemes: dict[str, Any] = {}
    if settings.authorizer == "iam":
        schemes["signature"] = _SIGNED
    elif settings.authorizer != "none":
        schemes["token"] = {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": _bearer(settings),
        }
    if settings.edge.producers:
        schemes["key"] = _KEY
    return schemes


def requirements(scope: str, settings: Settings) -> list[dict[str, list[str]]]:
    """What a method asks for that is for callers with this scope; all of it together."""
    schemes = security_schemes(settings)
    return [{name: [scope] if name == "token" else [] for name in schemes}] if schemes else []


def _bearer(settings: Settings) -> str:
    if settings.jwt:
        return f"A token of {settings.jwt.issuer} for {settings.jwt.audience}, with the scope."
    return "An access token of the stage's user pool, with the scope."
