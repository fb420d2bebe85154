"""Compares the search projection with the log, completely and while traffic goes on.

Invariant: memory holds a page of each side and one number per hour of the log.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from domain.item import Item
from projections.differences import Difference, Found, Verified, Young
from projections.keyed_items import KeyedItems
from projections.log_scan import Segment, events_in, in_segments, pages
from projections.projection_target import Progress
from projections.search_admin import SearchAdmin
from projections.search_catalog import catalog
from projections.search_comparison import DocumentComparison, Mending
from projections.search_documents import SearchDocuments
from projections.search_kept_months import ALL_MONTHS, KeptMonths
from projections.search_names import ALIAS, FIRST_GENERATION
from projections.stream import Project
from projections.verify import COMPARING_LOG, COMPARING_ROWS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Searched:
    """The log's table, the OpenSearch that is compared with it, and what puts events there.

    Of the log, only `kept` months have to be there.
    """

    client: DynamoDBClient
    log_table: str
    admin: SearchAdmin
    project: Project
    serverless: bool = False
    kept: KeptMonths = ALL_MONTHS


def verify(
    compared: Searched,
    *,
    young: Young,
    segments: int,
    found: Found,
    progress: Progress,
    mend: bool = False,
) -> Verified:
    """Compare every event with its document, and look for documents of no event.

    Documents are looked up by the log's events, page by page. Then their number is compared hour by
    hour; where it is another one, each document of the hour is looked up in the log. Events in
    `young` are left out on both sides.

    With `mend`, missing documents are projected again, different ones too after they are deleted,
    and extra ones are deleted. Verify again to see that it is mended.

    Raises:
        LogUnavailableError, OpenSearchUnavailableError: it cannot be read or written now.
        OpenSearchRefusedError, ClientError: a fault that does not pass.
    """
    run = _Run(compared, young, found, progress, mend=mend)
    run.look_up_events(segments)
    run.look_up_documents()
    return run.verified()


class _Run:
    """One comparison."""

    def __init__(
        self, compared: Searched, young: Young, found: Found, progress: Progress, *, mend: bool
    ) -> None:
        self._compared, self._young, self._found, self._progress = compared, young, found, progress
        self._documents = SearchDocuments(compared.admin, young=young)
        self._generation = catalog(compared.admin).live or FIRST_GENERATION
        self._comparison = DocumentComparison(
            KeyedItems(compared.client, table=compared.log_table),
            self._documents,
            generation=self._generation,
            found=self._note,
            mending=Mending(compared.admin, compared.project) if mend else None,
        )
        self._counts: Counter[str] = Counter()
        self._differences: Counter[str] = Counter()
        self._lock = Lock()

    def look_up_events(self, segments: int) -> None:
        """The log's side: what is missing or different."""

        def each(segment: Segment) -> None:
            table, client = self._compared.log_table, self._compared.client
            for page in pages(client, table=table, segment=segment):
                self._compare(page.items, segment)
                with self._lock:
                    self._progress(COMPARING_LOG, len(page.items))

        in_segments(segments, each)

    def look_up_documents(self) -> None:
        """The projection's side: what is extra."""
        admin = self._compared.admin
        if not self._compared.serverless:  # which shows everything after ten seconds by itself
            admin.find("POST", f"/{ALIAS}/_refresh")
        for index in catalog(admin).indices(self._generation):
            self._comparison.found(self._documents.without_id_or_time(index))
            for hour, count in self._documents.by_hour(index).items():
                if count != self._comparison.looked_up(index, hour):
                    for page in self._documents.in_hour(index, hour):
                        self._comparison.found(page)
                self._counts["rows"] += count
                self._progress(COMPARING_ROWS, count)

    def verified(self) -> Verified:
        """The outcome."""
        return Verified(
            log_events=self._counts["events"],
            rows=self._counts["rows"],
            left_out=self._counts["left_out"],
            differences=dict(self._differences),
            expired=self._counts["expired"],
        )

    def _compare(self, items: list[Item], segment: Segment) -> None:
        events, unreadable = events_in(items)
        for item in unreadable:
            self._note(Difference("unreadable", "event", item.id))
        old = [event for event in events if not self._young.has(event.recorded_at)]
        kept = [event for event in old if self._compared.kept.has(event)]
        self._comparison.expected(kept, stopped=segment.stopped)
        with self._lock:
            self._counts.update(events=len(kept), expired=len(old) - len(kept))
            self._counts.update(left_out=len(events) - len(old))

    def _note(self, difference: Difference) -> None:
        with self._lock:
            self._differences[difference.kind] += 1
            self._found(difference)
