"""What the explorer page's files are served with, on AWS as on one machine.

Invariant: nothing inline runs, nobody frames the page, and it asks its own host and the API alone.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
"""

from collections.abc import Mapping

CACHE_CONTROL = "no-cache"
"""A browser asks whether a file has changed each time; most answers are 304."""

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
"""By the end of a file's name; what has another is no part of the page."""

REFERRER_POLICY = "no-referrer"


def content_policy(api: str = "") -> str:
    """The page's Content-Security-Policy; `api` is the API's origin where it is not the page's."""
    ask = f"'self' {api}".rstrip()
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        f" connect-src {ask}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
