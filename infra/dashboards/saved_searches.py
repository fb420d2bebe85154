"""The searches that analysts open in Discover.

Invariant: every column and every field of a query is one that each event's document may have.
There is none for conflicts and rejects: what the API refuses is in no log, so in no projection.
"""

from infra.dashboards.index_pattern import PATTERN
from infra.dashboards.saved_object import SavedObject, index_reference, search_source

NEWEST = ("@timestamp", "desc")
OLDEST = ("@timestamp", "asc")


def saved_search(
    id: str,
    title: str,
    *,
    description: str,
    columns: tuple[str, ...],
    sort: tuple[tuple[str, str], ...] = (NEWEST,),
    query: str = "",
) -> SavedObject:
    """A search with its columns beside the time, and its order; `query` is DQL."""
    return SavedObject(
        "search",
        id,
        {
            "title": title,
            "description": description,
            "hits": 0,
            "columns": list(columns),
            "sort": [list(one) for one in sort],
            "version": 1,
            "kibanaSavedObjectMeta": search_source(query=query),
        },
        (index_reference(PATTERN),),
    )


ALL = saved_search(
    "events-search-all",
    "All events",
    description="Every event, the newest first.",
    columns=("event.action", "source", "subject", "event.id"),
)
BY_TYPE = saved_search(
    "events-search-by-type",
    "Events by type",
    description="Every event, one type after the other; add a filter on event.action for one.",
    columns=("event.action", "event.id", "source", "subject", "payload"),
    sort=(("event.action", "asc"), NEWEST),
)
CORRELATED = saved_search(
    "events-search-correlated",
    "Correlated events",
    description="Events that belong to something larger; a correlation id leads to all of it.",
    columns=("labels.correlation_id", "event.action", "event.id", "labels.causation_id"),
    query="labels.correlation_id : *",
)
DEGRADED = saved_search(
    "events-search-degraded",
    "Degraded events",
    description="Events of which a part cannot be searched, and why.",
    columns=("event.action", "degraded", "event.id", "source"),
    query="degraded : *",
)
SEARCHES = (ALL, BY_TYPE, CORRELATED, DEGRADED)
