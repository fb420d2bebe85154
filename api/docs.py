"""The API's document and its pages: files that were made when the function was bundled.

Invariant: a path is looked up among the names that there are, and never becomes a file's name.
"""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

from api.handling import Account, Handler, handler_of
from api.http import Request, Response, header, matches
from api.negotiation import weighed
from api.page_folder import INDEX
from api.problems import ProblemError
from domain.telemetry import Telemetry


class Pages:
    """The files of a folder, as its index describes them.

    The index has, by path, the `headers` that every answer has, and `variants`, the best first:
    each a `media_type`, an `etag`, and the `file` that has it, compressed with gzip.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index: dict[str, dict[str, Any]] = json.loads((folder / INDEX).read_text("utf-8"))

    def answer(self, path: str, request: Request) -> Response:
        """The file of a path, in the media type and the encoding that the client takes.

        Raises:
            ProblemError: there is none.
        """
        if path not in self._index:
            raise ProblemError("no-such-page", f"there is no page {path!r}")
        page = self._index[path]
        variant = _chosen(page["variants"], header(request, "accept") or "")
        packed = _takes_gzip(header(request, "accept-encoding") or "")
        etag = f'"{variant["etag"]}{"-gzip" if packed else ""}"'
        headers = {**page["headers"], "ETag": etag, "Vary": "Accept, Accept-Encoding"}
        if matches(header(request, "if-none-match"), etag):
            return {"statusCode": 304, "headers": headers, "body": ""}
        body = (self._folder / variant["file"]).read_bytes()
        return {
            "statusCode": 200,
            "headers": headers
            | {"Content-Type": variant["media_type"]}
            | ({"Content-Encoding": "gzip"} if packed else {}),
            "body": base64.b64encode(body if packed else gzip.decompress(body)).decode(),
            "isBase64Encoded": True,
        }


def build(*, pages: Pages, telemetry: Telemetry) -> Handler:
    """The pages' handler."""

    def page(request: Request, _account: Account) -> Response:
        path: str = request["resource"]
        for name, value in (request["pathParameters"] or {}).items():
            path = path.replace(f"{{{name}}}", value)
        return pages.answer(path, request)

    return handler_of(page, telemetry=telemetry)


def _chosen(variants: list[dict[str, str]], accept: str) -> dict[str, str]:
    """The best that the client names; to one that names none, the plainest."""
    named = (one for one in variants if one["media_type"].partition(";")[0] in accept)
    return next(named, variants[-1])


def _takes_gzip(accept_encoding: str) -> bool:
    """https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.3"""
    return dict(map(weighed, accept_encoding.split(","))).get("gzip", 0) > 0
