"""Events, projectors and findings of the search projection's tests."""

from collections.abc import Callable
from typing import Any

from domain.event import Event
from projections.opensearch import Answer, OpenSearch
from projections.search import SearchProjection
from projections.search_names import ALIAS
from tests.builders import an_event
from tests.opensearch import SearchEngine

NOVEMBER, DECEMBER = "2026-11-30T23:59:59.999999Z", "2026-12-01T00:00:00.000000Z"


def recorded(id: str, payload: str = '{"a":1}', *, at: str = NOVEMBER, **fields: str) -> Event:
    """An event that the log has taken."""
    return an_event(id, payload_text=payload, **fields).recorded(at=at)


def projection(opensearch: OpenSearch, **settings: Any) -> SearchProjection:
    """A projector that never waits, and looks at the aliases before every batch."""
    return SearchProjection(opensearch, sleep=lambda _: None, generations_seconds=0, **settings)


def ids(engine: SearchEngine, query: object, index: str = ALIAS) -> list[str]:
    """The ids of the events that a query finds, in order."""
    hits = engine.search(query, index=index)
    return sorted(hit["_source"]["event"]["id"] for hit in hits)


class Faulty:
    """An OpenSearch that answers some requests with what `fault` gives instead."""

    def __init__(
        self, opensearch: OpenSearch, fault: Callable[[str, bytes | None], Answer | None]
    ) -> None:
        self._opensearch = opensearch
        self._fault = fault
        self.asked: list[str] = []
        self.sizes: list[int] = []

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float | None = None
    ) -> Answer:
        self.asked.append(f"{method} {path}")
        self.sizes.append(len(body or b""))
        return self._fault(path, body) or self._opensearch.ask(method, path, body, timeout=timeout)
