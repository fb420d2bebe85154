"""What the explorer page's files are served with, on AWS as on one machine.

Invariant: nothing inline runs, nobody frames the page, and it asks its own host and the API alone.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
"""

from collections.abc import Mapping

FOLDER = "explorer"
"""Where the files lie in the bundle of the function that publishes them."""

PAGE = "index.html"
STAGE = "stage.json"
"""What the page asks for first: where the API is, and what callers of it need."""

CACHE_CONTROL = "no-cache"
"""A browser asks whether a file has changed each time; most answers are 304."""

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
}
"""By the end of a file's name; what has another is no part of the page."""

REFERRER_POLICY = "no-referrer"


def content_policy(api: str = "") -> str:
    """The page's Content-Security-Policy; `api` is the API's address where it is not the page's.

    With a slash at its end the address stands for all that is below it, and for nothing beside it.
    """
    ask = f"'self' {api}".rstrip()
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        f" connect-src {ask}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
