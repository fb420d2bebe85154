"""Deletes whole months from the search projection, where the service has no policy for it.

Invariant: a month goes by its name alone, when as many whole months as are kept lie between it and
the running one; no document is ever deleted by itself. The log keeps every event.
"""

from datetime import datetime
from typing import Any

from projections.opensearch import OpenSearch
from projections.search_kept_months import KeptMonths
from projections.search_names import ALIAS, month_in
from projections.search_requests import ask_json


def delete_old_months(opensearch: OpenSearch, *, months: int, now: datetime) -> list[str]:
    """Delete the indices of months that are older; gives back their names.

    Raises:
        OpenSearchUnavailableError, OpenSearchRefusedError: some are still there; try again.
    """
    there: dict[str, Any] = ask_json(opensearch, "GET", f"/{ALIAS}-*").json()
    kept = KeptMonths.at(now, months=months)
    old = [index for index in sorted(there) if not kept.has_month(month_in(index))]
    for index in old:
        ask_json(opensearch, "DELETE", f"/{index}")
    return old
