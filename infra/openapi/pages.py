"""The API's document and its pages, made when the Docs function is bundled.

Invariant: no page asks another origin for anything, or runs what is not in a file of its own.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
"""

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path

from api.problems import TITLES
from infra.npm_packages import npm_packages
from infra.openapi.document import document
from infra.openapi.examples import ADDRESS
from infra.openapi.page_files import (
    CSS,
    HTML,
    JSON,
    MARKDOWN,
    SCRIPT,
    TEXT,
    Page,
    named,
    page_files,
)
from infra.openapi.problems import EXPLAINED
from infra.settings import Settings

_HERE = Path(__file__).with_name("viewer")
_POLICY = "; ".join(
    (
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:"),
        *("connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"),
    )
)
_GUARDED = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_SLOT = re.compile(r"\{\{([^}]+)\}\}")


def pages_of(settings: Settings) -> dict[str, bytes]:
    """All files of the pages of a stage's API, by their names in the bundle.

    Raises:
        lambda_platform.ToolError: the viewer cannot be fetched.
    """
    whose = "public" if settings.api_docs == "open" else "private"
    fresh = {**_GUARDED, "Cache-Control": f"{whose}, no-cache"}
    kept = {**_GUARDED, "Cache-Control": f"{whose}, max-age=31536000, immutable"}
    assets = _assets()
    names = {name: named(name, content) for name, (_, content) in assets.items()}
    described = json.dumps(document(settings), ensure_ascii=False).encode()
    pages = {
        "/openapi.json": Page({JSON: described}, fresh),
        "/docs": Page({HTML: _filled("docs.html", names)}, fresh),
    }
    pages |= {
        f"/docs/{names[name]}": Page({kind: content}, kept)
        for name, (kind, content) in assets.items()
    }
    pages |= {f"/problems/{kind}": Page(_problem(kind, names), fresh) for kind in EXPLAINED}
    return page_files(pages)


def _assets() -> dict[str, tuple[str, bytes]]:
    """The media type and content of each file of the viewer, and of ours around it."""
    viewer = npm_packages("viewer") / "swagger-ui-dist"
    licences = ("NOTICE", "LICENSE", "swagger-ui-bundle.js.LICENSE.txt")
    return {
        "swagger-ui-bundle.js": (SCRIPT, (viewer / "swagger-ui-bundle.js").read_bytes()),
        "swagger-ui.css": (CSS, (viewer / "swagger-ui.css").read_bytes()),
        "licences.txt": (TEXT, b"\n".join((viewer / one).read_bytes() for one in licences)),
        "docs.js": (SCRIPT, (_HERE / "docs.js").read_bytes()),
        "docs.css": (CSS, (_HERE / "docs.css").read_bytes()),
    }


def _problem(kind: str, names: Mapping[str, str]) -> dict[str, bytes]:
    """The page of a kind of problem, as HTML and as plain as a terminal shows it."""
    status, title = TITLES[kind]
    explained = EXPLAINED[kind]
    example = json.dumps(explained.example.document(ADDRESS), ensure_ascii=False, indent=2)
    says = {
        "kind": kind,
        "title": title,
        "status": str(status),
        "example": example,
        "when": f"{explained.when[:1].upper()}{explained.when[1:]}.",
        "remedy": explained.remedy,
    }
    shown = {name: _code(html.escape(text)) for name, text in says.items() if name != "example"}
    return {
        HTML: _filled("problem.html", {"example": html.escape(example), **shown, **names}),
        MARKDOWN: _filled("problem.md", says),
    }


def _code(text: str) -> str:
    """What stands between backticks, as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", text)


def _filled(template: str, values: Mapping[str, str]) -> bytes:
    text = (_HERE / template).read_text("utf-8")
    return _SLOT.sub(lambda slot: values[slot[1]], text).encode()
