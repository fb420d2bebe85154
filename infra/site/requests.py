"""What a page of the site would ask the network for.

Invariant: links that a reader may follow are none of it; what a browser fetches by itself is.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "srcset", "link": "href"}
_NOT_FETCHED = {"canonical", "next", "prev"}


class _Fetches(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get(_FETCHED.get(tag, "")) or ""
        if address.startswith(("http:", "https:", "//")) and given.get("rel") not in _NOT_FETCHED:
            self.found.append(address)
        if tag == "pre" and given.get("class") == "mermaid":
            self.found.append("the script that draws Mermaid diagrams")


def outside_requests(site: Path) -> Iterator[tuple[Path, str]]:
    """Each page that asks another host for something, and for what."""
    for page in sorted(site.rglob("*.html")):
        fetches = _Fetches()
        fetches.feed(page.read_text("utf-8"))
        for address in fetches.found:
            yield page.relative_to(site), address
