"""Lists the events that a search finds, in time order, page by page.

Invariant: a page is whole or there is none; what a part of the indices finds is never given, for
the next page would go on behind events that were not.
"""

import json
from typing import Any

from projections.opensearch import Answer, OpenSearch, OpenSearchUnavailableError
from projections.page import Page
from projections.search_names import ALIAS
from projections.search_query import Order, Search, search_body
from projections.search_requests import NOT_FOUND, OK, ask_json

_BAD_REQUEST = 400
_SEARCH_SECONDS = 10
_GRACE_SECONDS = 3
"""OpenSearch looks at the clock now and then only, so it is waited for a little longer."""


class SearchRefusedError(Exception):
    """The query is more than OpenSearch takes; `kind` is its word for why."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"OpenSearch refuses the query ({kind})")


class SearchListing:
    """Lists out of the indices behind the alias."""

    def __init__(self, opensearch: OpenSearch) -> None:
        self._opensearch = opensearch

    def page(self, search: Search, *, after: str | None, limit: int, max_bytes: int) -> Page:
        """At most `limit` events behind the place `after`, in at most `max_bytes` of answer.

        The bytes are those of the events' JSON as a JSON string, which is how a Lambda answer
        carries it. One event is given however large it is.

        Raises:
            OpenSearchUnavailableError: try again.
            SearchRefusedError: ask for less.
            OpenSearchRefusedError: a missing permission, most often.
        """
        place = None if after is None else json.loads(after)
        hits = self._hits(search, after=place, size=limit + 1)
        events: list[str] = []
        first, last, size = None, after, 0
        for hit in hits[:limit]:
            text: str = hit["_source"]["event"]["original"]
            size += len(json.dumps(text))
            if events and size > max_bytes:
                return Page(events, last, first)
            events.append(text)
            last = json.dumps(hit["sort"])
            first = first or last
        return Page(events, last if len(hits) > limit else None, first)

    def _hits(self, search: Search, *, after: Order | None, size: int) -> list[dict[str, Any]]:
        answer = ask_json(
            self._opensearch,
            "POST",
            f"/{ALIAS}/_search",
            search_body(search, after=after, size=size, seconds=_SEARCH_SECONDS),
            understood=(OK, _BAD_REQUEST, NOT_FOUND),
            timeout=_SEARCH_SECONDS + _GRACE_SECONDS,
        )
        if answer.status == _BAD_REQUEST:
            raise SearchRefusedError(_error(answer)[0])
        return [] if answer.status == NOT_FOUND and _is_unborn(answer) else _whole(answer)


def _is_unborn(answer: Answer) -> bool:
    """Whether there is no index behind the alias, since there has been no event."""
    kind, names = _error(answer)
    return kind == "index_not_found_exception" and ALIAS in names


def _error(answer: Answer) -> tuple[str, list[str]]:
    """The kind of an error, and the indices or aliases that it is about."""
    try:
        error = answer.json()["error"]
        return error["type"], [error[name] for name in ("index", "resource.id") if name in error]
    except (ValueError, KeyError, TypeError):  # of a proxy, not of OpenSearch
        return "no reason given", []


def _whole(answer: Answer) -> list[dict[str, Any]]:
    """The hits of an answer that lacks none."""
    if answer.status != OK:  # an index was deleted during the search, as old months are
        raise OpenSearchUnavailableError("an index went away")
    found = answer.json()
    if found["timed_out"]:
        raise OpenSearchUnavailableError(f"not done after {_SEARCH_SECONDS} seconds")
    if found["_shards"]["failed"]:
        raise OpenSearchUnavailableError("some shards failed")
    hits: list[dict[str, Any]] = found["hits"]["hits"]
    return hits
