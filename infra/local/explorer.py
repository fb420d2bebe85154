"""The explorer page before the local gateway: its files at `/`, everything else to the API.

Invariant: a path that the API has a route for never gets a file.
"""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from api.explorer_page import CACHE_CONTROL, MEDIA_TYPES, REFERRER_POLICY, content_policy
from infra.local.gateway import Gateway, Receive, Send

FOLDER = Path(__file__).resolve().parents[1] / "explorer"
HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": REFERRER_POLICY,
    "Cache-Control": CACHE_CONTROL,
}
"""What is sent with each file."""


class Explorer(Gateway):
    """A gateway that serves the page's files too."""

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One HTTP request, of a browser for a file or of whoever for the API."""
        file = _files().get(scope["path"]) if scope["method"] in {"GET", "HEAD"} else None
        if file is None:
            await super().__call__(scope, receive, send)
            return
        body = file.read_bytes()
        media_type = MEDIA_TYPES[file.suffix]
        headers = {**HEADERS, "Content-Type": media_type, "Content-Length": str(len(body))}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        content = body if scope["method"] == "GET" else b""
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        await send({"type": "http.response.body", "body": content})


def _files() -> dict[str, Path]:
    """The page's files by their paths; the page itself is at the root."""
    files = {f"/{one.name}": one for one in FOLDER.iterdir() if one.suffix in MEDIA_TYPES}
    return {"/": files["/index.html"], **files}
