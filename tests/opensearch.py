"""The real OpenSearch, once for all tests of a process, and what tests ask it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.opensearch import opensearch as running_opensearch
from projections.opensearch import Answer, OpenSearch, connect
from projections.search_names import ALIAS
from projections.search_setup import set_up


class SearchEngine:
    """An OpenSearch without indices and templates of ours; itself a port, so tests can be one."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._opensearch: OpenSearch = connect(endpoint, service=None)

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float | None = None
    ) -> Answer:
        return self._opensearch.ask(method, path, body, timeout=timeout)

    def json(self, method: str, path: str, body: object = None) -> Any:
        """The JSON of an answer that must be a good one."""
        answer = self.ask(method, path, None if body is None else json.dumps(body).encode())
        assert answer.status in (200, 201), answer.body
        return answer.json()

    def empty(self) -> None:
        """Delete what the search projection may have made."""
        self.json("DELETE", f"/{ALIAS}-*")
        if self.ask("GET", f"/_index_template/{ALIAS}-*").status == 200:
            self.json("DELETE", f"/_index_template/{ALIAS}-*")

    def search(self, query: object, *, index: str = ALIAS, **body: object) -> list[dict[str, Any]]:
        """The hits of a query over all that is written by now."""
        self.json("POST", f"/{index}/_refresh")
        found = self.json("POST", f"/{index}/_search", {"size": 1000, "query": query, **body})
        hits: list[dict[str, Any]] = found["hits"]["hits"]
        return hits

    def count(self, index: str = ALIAS) -> int:
        """The documents of an index or alias."""
        self.json("POST", f"/{index}/_refresh")
        count: int = self.json("GET", f"/{index}/_count")["count"]
        return count


@pytest.fixture(scope="session")
def opensearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Endpoint of OpenSearch. Tests empty it of what they are about to use."""
    with running_opensearch(logs=tmp_path_factory.mktemp("engine")) as engine:
        yield engine.endpoint


@pytest.fixture
def search_engine(opensearch: str) -> SearchEngine:
    """The engine, emptied."""
    engine = SearchEngine(opensearch)
    engine.empty()
    return engine


@pytest.fixture
def search(search_engine: SearchEngine) -> SearchEngine:
    """The engine, emptied and set up for search."""
    set_up(search_engine)
    return search_engine
