"""What both clients tell httpx: where the API is, and how to ask it."""

from typing import Any

import httpx

from api.client.auth import API_KEY_HEADER
from api.client.dialogue import Answer, NoAnswer, Request

TIMEOUT_SECONDS = 35.0
"""API Gateway gives up after 29."""


def options(
    url: str, *, auth: httpx.Auth | None, api_key: str | None, timeout: float
) -> dict[str, Any]:
    """The arguments of either httpx client."""
    headers = {"User-Agent": "serverless-event-logger"}
    if api_key is not None:
        headers[API_KEY_HEADER] = api_key
    return {"base_url": url, "auth": auth, "headers": headers, "timeout": timeout}


def arguments(request: Request) -> dict[str, Any]:
    """The arguments of either client's `request`."""
    headers = {"Content-Type": "application/json"} if request.body is not None else {}
    return {
        "method": request.method,
        "url": request.path,
        "params": request.query,
        "content": request.body,
        "headers": headers,
    }


def answer_of(response: httpx.Response) -> Answer:
    """The answer that a response is; JSON is UTF-8 (RFC 8259, 8.1)."""
    text = response.content.decode(errors="replace")
    return Answer(response.status_code, response.headers, text)


def no_answer(error: httpx.RequestError, *, url: httpx.URL) -> NoAnswer:
    """That none came."""
    return NoAnswer(str(error) or type(error).__name__, str(url).rstrip("/"))
