"""The explorer page before the local gateway: its files at `/`, everything else to the API.

Invariant: no request but GET and HEAD of one of the files is kept from the API; a test asks the
template's routes whether they know one of these paths.
"""

from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from api.explorer_page import (
    CACHE_CONTROL,
    MEDIA_TYPES,
    PAGE,
    REFERRER_POLICY,
    STAGE,
    content_policy,
)
from infra.explorer_sources import SOURCES
from infra.local.gateway import Application, Receive, Send

HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": REFERRER_POLICY,
    "Cache-Control": CACHE_CONTROL,
}
"""What is sent with each file."""


def page_files() -> dict[str, Path]:
    """The page's files by their paths; the page itself is at the root too."""
    files = {f"/{one.name}": one for one in SOURCES.iterdir() if one.suffix in MEDIA_TYPES}
    return {"/": files[f"/{PAGE}"], **files}


class Explorer:
    """An ASGI application before another: the page, which is told `stage`, and the API."""

    def __init__(self, api: Application, *, stage: str) -> None:
        self._api = api
        self._stage = stage.encode()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One HTTP request, of a browser for a file or of whoever for the API.

        The server leaves the body of an answer to HEAD away.
        """
        found = self._file(scope["path"]) if scope["method"] in {"GET", "HEAD"} else None
        if found is None:
            await self._api(scope, receive, send)
            return
        media_type, body = found
        headers = {**HEADERS, "Content-Type": media_type, "Content-Length": str(len(body))}
        await send({"type": "http.response.start", "status": 200, "headers": _raw(headers)})
        await send({"type": "http.response.body", "body": body})

    def _file(self, path: str) -> tuple[str, bytes] | None:
        if path == f"/{STAGE}":
            return MEDIA_TYPES[".json"], self._stage
        file = page_files().get(path)  # read each time, so that a change is seen at once
        return (MEDIA_TYPES[file.suffix], file.read_bytes()) if file else None


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
