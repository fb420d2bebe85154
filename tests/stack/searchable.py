"""Events of many shapes to be searched for, and questions to OpenSearch about them.

Invariant: what is asked for is computed from the events alone, never from what was indexed.
"""

import random
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import httpx

from projections.search_names import ALIAS, document_id

Event = dict[str, Any]

AWKWARD: dict[str, Any] = {
    "null": None,
    "text": "just text",
    "number": 2**70,
    "large list": list(range(2_000)),
    "empty": {},
    "empty key": {"": {"": "nothing"}},
    "dots": {"a.b": {"c.": 1}, ".d": 2, "a": {"b": "other"}},
    "mixed": {"list": [1, "two", None, True, {"three": [3, [3.0]]}, "2026-01-01T00:00:00Z"]},
    "many keys": {f"key{n}": n for n in range(10_000)},
    "long text": {"said": "word " * 10_000},
    "long token": {"said": "é" * 20_000},
    "other types": {"order": {"total": "none", "placed_at": 7}, "repository": ["a", 1]},
}
"""Payloads that an index could refuse."""


def varied_events(count: int, *, seed: int = 1) -> list[Event]:
    """Events with text, names, numbers, truths and dates at several depths; no two alike."""
    rng = random.Random(seed)  # noqa: S311  # for variety, not for secrets
    return [
        {
            "id": f"varied-{n}",
            "type": f"varied.{n % 5}",
            "source": "https://example.org/hooks",
            "payload": {
                "repository": {"full_name": f"team/{rng.randrange(7)}", "private": n % 2 == 0},
                "sender": {"login": f"user-{n % 20}"},
                "order": {
                    "number": f"order-{n}",
                    "total": round(rng.uniform(-50, 5_000), 2),
                    "placed_at": f"2026-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
                    f"T{rng.randrange(24):02}:30:00Z",
                },
                "lines": [{"title": f"thing{n} of many", "count": n}, {"title": "gift"}],
            },
        }
        for n in range(count)
    ]


def awkward_events() -> list[Event]:
    """One event for each of the awkward payloads, and one with an id that is no `_id`."""
    events = [
        {"id": f"awkward {name}", "type": f"awkward.{name}", "payload": payload}
        for name, payload in AWKWARD.items()
    ]
    return [*events, {"id": "界" * 256, "type": "awkward.id", "payload": {"x": 1}}]


def by_month(events: Iterable[Event]) -> Counter[str]:
    """How many of the orders were placed in each month."""
    return Counter(event["payload"]["order"]["placed_at"][:7] for event in events)


def by_repository(events: Iterable[Event]) -> Counter[str]:
    """How many events each repository has."""
    return Counter(event["payload"]["repository"]["full_name"] for event in events)


class Engine:
    """Asks OpenSearch itself, as analysts do."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=30)

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def search(self, query: Any, **more: Any) -> Any:
        """OpenSearch's answer to a query in the alias."""
        body = {"query": query, "size": 100, "_source": False, **more}
        answer = self._client.post(f"/{ALIAS}/_search", json=body)
        return answer.raise_for_status().json()

    def ids(self, *filters: Any) -> list[str]:
        """The `_id` of each document that passes all filters."""
        found = self.search({"bool": {"filter": list(filters)}})
        return [hit["_id"] for hit in found["hits"]["hits"]]

    def counts(self, aggregation: Any, *, of: str, key: str) -> dict[str, int]:
        """The buckets of an aggregation over the documents whose id begins with `of`."""
        query = {"prefix": {"event.id": of}}
        answer = self.search(query, size=0, aggs={"counts": aggregation})
        return {one[key]: one["doc_count"] for one in answer["aggregations"]["counts"]["buckets"]}

    def missing(self, ids: Iterable[str]) -> set[str]:
        """The events that a search does not find yet."""
        by_document = {document_id(id): id for id in ids}
        answer = self._client.post(
            f"/{ALIAS}/_search",
            params={"ignore_unavailable": "true", "allow_no_indices": "true"},
            json={
                "query": {"ids": {"values": list(by_document)}},
                "size": len(by_document),
                "_source": False,
            },
        )
        if answer.status_code in {404, 503}:  # no index yet, or one whose shards have not started
            return set(by_document.values())
        hits = answer.raise_for_status().json()["hits"]["hits"]
        return set(by_document.values()) - {by_document[hit["_id"]] for hit in hits}

    def await_all(self, ids: Iterable[str], *, within: float) -> None:
        """Wait until all of these events are found; fails if they are not in so many seconds."""
        deadline = time.monotonic() + within
        wanted = list(ids)
        while missing := self.missing(wanted):
            assert time.monotonic() < deadline, f"{len(missing)} are not found: {sorted(missing)}"
            time.sleep(0.05)
