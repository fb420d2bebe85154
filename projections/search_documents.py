"""Reads the search projection's documents for a comparison with the log.

Invariant: memory holds one page of documents, whatever the size of an index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from projections.differences import Young
from projections.search_admin import SearchAdmin

_PAGE = 1_000
_JUNK = 10_000
"""Documents without an id or a time that are looked at in one comparison, of each index."""

_HOUR_FORMAT = "yyyy-MM-dd'T'HH"
_ID = "event.id"
_TIME = "event.created"

Key = tuple[str, str]
"""A document's index and its `_id`."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document: where it is, and which event's it says it is."""

    key: Key
    event_id: str | None


class SearchDocuments:
    """The documents that are old enough to be compared.

    Raises, from every method:
        OpenSearchUnavailableError, OpenSearchRefusedError: see SearchAdmin.
    """

    def __init__(self, admin: SearchAdmin, *, young: Young, page: int = _PAGE) -> None:
        self._admin = admin
        self._page = page
        between = {"gte": young.start, "lt": young.end}
        self._too_young = {"range": {_TIME: between}}

    def sources(self, keys: list[Key]) -> dict[Key, Any]:
        """The documents of those keys that are there now, as they were indexed."""
        wanted = [{"_index": index, "_id": id} for index, id in keys]
        answer = self._admin.ask("POST", "/_mget", {"docs": wanted}) if wanted else {"docs": []}
        return {
            (one["_index"], one["_id"]): one["_source"]
            for one in answer["docs"]
            if one.get("found")
        }

    def by_hour(self, index: str) -> dict[str, int]:
        """How many documents of an index there are in each hour, such as `2026-11-25T21`."""
        hours = {"field": _TIME, "fixed_interval": "1h", "format": _HOUR_FORMAT, "min_doc_count": 1}
        body = {
            "size": 0,
            "track_total_hits": False,
            "query": self._old(),
            "aggs": {"hours": {"date_histogram": hours}},
        }
        answer = self._admin.ask("POST", f"/{index}/_search", body)
        buckets = answer["aggregations"]["hours"]["buckets"]
        return {bucket["key_as_string"]: bucket["doc_count"] for bucket in buckets}

    def in_hour(self, index: str, hour: str) -> Iterator[list[Document]]:
        """The documents of an hour, page by page in the order of the events' ids."""
        within = {"range": {_TIME: {"gte": f"{hour}:00:00Z", "lt": f"{hour}:00:00Z||+1h"}}}
        after = ""
        seen: set[str] = set()
        while True:
            behind = {"range": {_ID: {"gte": after}}}
            page = self._search(index, self._old(within, behind), sort=[_ID], size=self._page)
            new = [one for one in page if one.key[1] not in seen]
            if not new:
                return
            yield new
            after = str(new[-1].event_id)
            # More than a page of one id has no end that this could see; the log has one event.
            seen = {one.key[1] for one in page if one.event_id == after}

    def without_id_or_time(self, index: str) -> list[Document]:
        """Documents of no known form, which the hours do not show; the first of them."""
        lacks = [{"bool": {"must_not": {"exists": {"field": name}}}} for name in (_ID, _TIME)]
        query = {"bool": {"should": lacks, "minimum_should_match": 1}}
        return self._search(index, query, size=_JUNK)

    def _old(self, *filters: Any) -> Any:
        return {"bool": {"filter": filters, "must_not": [self._too_young]}}

    def _search(
        self, index: str, query: Any, *, size: int, sort: list[str] | None = None
    ) -> list[Document]:
        body: dict[str, Any] = {
            "size": size,
            "track_total_hits": False,
            "_source": False,
            "docvalue_fields": [_ID],
            "query": query,
        }
        if sort:
            body["sort"] = sort
        answer = self._admin.ask("POST", f"/{index}/_search", body)
        return [_document(hit) for hit in answer["hits"]["hits"]]


def _document(hit: Any) -> Document:
    ids = hit.get("fields", {}).get(_ID, [None])
    return Document((hit["_index"], hit["_id"]), ids[0])
