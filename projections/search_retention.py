"""Deletes whole months from the search projection, where the service has no policy for it.

Invariant: a month goes by its name alone, when as many whole months as are kept lie between it and
the running one; no document is ever deleted by itself. The log keeps every event.
"""

from datetime import datetime
from typing import Any

from projections.opensearch import OpenSearch
from projections.search_names import ALIAS, generation_of
from projections.search_requests import ask_json

_MONTHS = 12


def delete_old_months(opensearch: OpenSearch, *, months: int, now: datetime) -> list[str]:
    """Delete the indices of months that are older; gives back their names.

    Raises:
        OpenSearchUnavailableError, OpenSearchRefusedError: some are still there; try again.
    """
    there: dict[str, Any] = ask_json(opensearch, "GET", f"/{ALIAS}-*").json()
    oldest = _number(now.year, now.month) - months
    old = [index for index in sorted(there) if _month(index) < oldest]
    for index in old:
        ask_json(opensearch, "DELETE", f"/{index}")
    return old


def _month(index: str) -> int:
    generation_of(index)  # an index that has another name is not the projection's, and raises
    year, _, month = index.rpartition("-")[2].partition(".")
    return _number(int(year), int(month))


def _number(year: int, month: int) -> int:
    return year * _MONTHS + month
