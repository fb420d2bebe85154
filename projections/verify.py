"""Compares the by-type projection with the log, completely and while traffic goes on.

Invariant: memory grows neither with the log nor with the number of differences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Lock

from domain.event import Event
from domain.item import Item
from projections.by_type_rows import TYPES_PARTITION, row_of
from projections.differences import Compared, Difference, Found, Verified, Young
from projections.keyed_items import KeyedItems
from projections.log_scan import Segment, events_in, in_segments, pages
from projections.projection_target import Progress
from projections.row_buckets import RowBuckets
from projections.row_comparison import RowComparison
from projections.type_comparison import TypeComparison, type_entries

READING_LOG = "Reading the log"
READING_ROWS = "Reading the projection"
COMPARING_LOG = "Comparing the log"
COMPARING_ROWS = "Comparing the projection"


def verify(
    tables: Compared,
    *,
    young: Young,
    segments: int,
    found: Found,
    progress: Progress,
    mend: bool = False,
) -> Verified:
    """Compare every row and every type's entry with the log; each difference goes to `found`.

    One pass over each table adds up digests per type and hour. Only where these differ, a second
    pass looks up row by row what it is; each of its lookups is strongly consistent, so that what
    has become right since then is not named. A row in another shard than the event belongs to is
    extra, and the event's own is missing. Events in `young` are left out on both sides.

    With `mend`, missing and different items are put as the log says and extra ones deleted, in the
    projection's table alone. Verify again to see that it is mended.

    Raises:
        LogUnavailableError: a table cannot be read or written now.
        ClientError: a fault that does not pass, such as a missing permission.
    """
    run = _Run(tables, young, segments, found, progress, mend=mend)
    run.read()
    if run.buckets.differ():
        run.compare()
    run.compare_types_left()
    return run.verified()


class _Run:
    """One comparison. Its passes are methods that take a page's items."""

    def __init__(
        self,
        tables: Compared,
        young: Young,
        segments: int,
        found: Found,
        progress: Progress,
        *,
        mend: bool,
    ) -> None:
        client, rows = tables.client, KeyedItems(tables.client, table=tables.by_type_table)
        self._tables, self._young, self._segments = tables, young, segments
        self._found, self._progress = found, progress
        self._counts: Counter[str] = Counter()
        self._differences: Counter[str] = Counter()
        self._lock = Lock()
        self.buckets = RowBuckets()
        self._types = TypeComparison(
            type_entries(client, table=tables.by_type_table), rows, found=self._note, mend=mend
        )
        self._rows = RowComparison(
            KeyedItems(client, table=tables.log_table),
            rows,
            shards=tables.shards,
            found=self._note,
            mend=mend,
        )

    def read(self) -> None:
        """The first pass: digests of all rows, and the types."""
        self._types.next_types()
        self._each_page(READING_LOG, self._tables.log_table, self._read_log)
        self._types.report_unseen()
        self._each_page(READING_ROWS, self._tables.by_type_table, self._read_rows)

    def compare(self) -> None:
        """The second pass: what is missing is put before what is extra is deleted.

        The rows are read consistently, so that none is deleted for what it was before its put.
        """
        self._each_page(COMPARING_LOG, self._tables.log_table, self._compare_log)
        self._each_page(
            COMPARING_ROWS, self._tables.by_type_table, self._compare_rows, consistent=True
        )

    def compare_types_left(self) -> None:
        """Look for the types that were too many for the first pass."""
        while self._types.next_types():
            self._each_page(COMPARING_LOG, self._tables.log_table, self._see_types)
            self._types.report_unseen()

    def verified(self) -> Verified:
        """The outcome."""
        events, rows, left_out = (self._counts[name] for name in ("events", "rows", "left_out"))
        return Verified(events, rows, left_out, dict(self._differences))

    def _read_log(self, items: list[Item], segment: Segment) -> None:
        events, unreadable = events_in(items)
        old = [(event, row) for event, row in self._with_rows(events) if row not in self._young]
        for item in unreadable:
            self._note(Difference("unreadable", "event", item.id))
        self.buckets.expect(row for _, row in old)
        self._types.seen({event.type for event in events})
        self._types.expected({event.type for event, _ in old}, segment)
        self._count(events=len(old), left_out=len(events) - len(old))

    def _read_rows(self, items: list[Item], _segment: Segment) -> None:
        rows = self._comparable(items)
        self.buckets.find(rows)
        self._count(rows=len(rows))

    def _compare_log(self, items: list[Item], segment: Segment) -> None:
        suspects = [
            event
            for event, row in self._with_rows(events_in(items)[0])
            if row not in self._young and self.buckets.may_differ(row)
        ]
        self._rows.expected(suspects, segment)

    def _compare_rows(self, items: list[Item], segment: Segment) -> None:
        suspects = [row for row in self._comparable(items) if self.buckets.may_differ(row)]
        self._rows.found(suspects, segment)

    def _see_types(self, items: list[Item], _segment: Segment) -> None:
        self._types.seen({event.type for event in events_in(items)[0]})

    def _with_rows(self, events: list[Event]) -> list[tuple[Event, Item]]:
        return [(event, row_of(event, shards=self._tables.shards)) for event in events]

    def _comparable(self, items: list[Item]) -> list[Item]:
        return [i for i in items if i["pk"]["S"] != TYPES_PARTITION and i not in self._young]

    def _each_page(
        self,
        stage: str,
        table: str,
        work: Callable[[list[Item], Segment], None],
        *,
        consistent: bool = False,
    ) -> None:
        def each(segment: Segment) -> None:
            for page in pages(
                self._tables.client, table=table, segment=segment, consistent=consistent
            ):
                work(page.items, segment)
                with self._lock:
                    self._progress(stage, len(page.items))

        in_segments(self._segments, each)

    def _count(self, **numbers: int) -> None:
        with self._lock:
            self._counts.update(numbers)

    def _note(self, difference: Difference) -> None:
        with self._lock:
            self._differences[difference.kind] += 1
            self._found(difference)
