"""Pages as the Docs function gives them: packed files, and the index that describes them.

Invariant: the same pages give the same bytes, whatever the machine and the time.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from api.page_folder import FOLDER, INDEX

HTML, CSS, SCRIPT = "text/html; charset=utf-8", "text/css; charset=utf-8", "text/javascript"
JSON, MARKDOWN = "application/json", "text/markdown; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
_PACKED_AS_WELL_AS_CAN_BE = 9
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Page:
    """What is at a path: its variants by media type, the best first, and its headers."""

    variants: Mapping[str, bytes]
    headers: Mapping[str, str] = field(default_factory=dict)


def named(name: str, content: bytes) -> str:
    """A file's name that changes with its content, so that it can be kept for ever."""
    stem, _, ending = name.rpartition(".")
    return f"{stem}-{_digest(content)}.{ending}"


def page_files(pages: Mapping[str, Page]) -> dict[str, bytes]:
    """The files of the pages, which are given by path, by their names in the bundle."""
    files: dict[str, bytes] = {}
    index: dict[str, object] = {}
    for path, page in pages.items():
        variants: Sequence[dict[str, str]] = [
            {"media_type": kind, "etag": _digest(body), "file": f"{_digest(body)}.gz"}
            for kind, body in page.variants.items()
        ]
        for variant, body in zip(variants, page.variants.values(), strict=True):
            files[f"{FOLDER}/{variant['file']}"] = _packed(body)
        index[path] = {"headers": dict(page.headers), "variants": variants}
    files[f"{FOLDER}/{INDEX}"] = json.dumps(index, indent=1).encode()
    return files


@lru_cache(maxsize=256)  # most pages are the same in every stage
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, _PACKED_AS_WELL_AS_CAN_BE, mtime=0)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]
