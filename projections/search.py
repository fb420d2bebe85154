"""Writes the search projection: one document per event, in every generation that is written to.

Invariant: a document is only ever created, under an id and in an index that are functions of the
event, so any order, repetition or crash ends in the same documents.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from threading import Lock

from domain.event import Event
from domain.metrics import DEGRADED, Measured
from projections.opensearch import Answer, OpenSearch, OpenSearchUnavailableError
from projections.search_bulk import Bulk, Line, line_of
from projections.search_document import Document
from projections.search_generations import GENERATIONS_SECONDS, Generations, OneGeneration
from projections.search_mappings import Mappings
from projections.search_names import SEARCH, index_name, month_of
from projections.search_template import MAX_FIELDS_PER_INDEX
from projections.stream import Unprojected

PROJECT_SECONDS = 20.0
"""After which no request is begun, so that a slice ends in `stream.SLICE_MILLISECONDS`."""

_REQUEST_SECONDS = 7.0


class SearchProjection:
    """Puts events into OpenSearch; may be called by several threads at once."""

    def __init__(
        self,
        opensearch: OpenSearch,
        *,
        generations_seconds: float = GENERATIONS_SECONDS,
        generation: int | None = None,
        max_fields: int = MAX_FIELDS_PER_INDEX,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._opensearch = opensearch
        self._generations: Generations | OneGeneration = (
            Generations(seconds=generations_seconds)
            if generation is None
            else OneGeneration(generation)
        )
        self._mappings = Mappings(max_fields=max_fields)
        self._sleep = sleep
        self._measured = Measured()
        self._lock = Lock()

    def project(self, events: list[Event]) -> list[Unprojected]:
        """Create the events' documents; gives back each event whose document is missing somewhere.

        Raises:
            OpenSearchRefusedError: a fault that is not about the events, such as a missing
                permission.
        """
        opensearch = _UntilDeadline(self._opensearch, time.monotonic() + PROJECT_SECONDS)
        bulk = Bulk(opensearch, sleep=self._sleep)
        timeless = [event for event in events if not _has_month(event)]
        left = [event for event in events if _has_month(event)]
        try:
            self._create(left, opensearch, bulk)
        except OpenSearchUnavailableError as error:
            return [Unprojected(event, error.reason, passing=True) for event in events]
        refused = [
            Unprojected(event, f"recorded_at is no time: {event.recorded_at!r}", passing=False)
            for event in timeless
        ]
        # The last of an event's stands, one that may pass: it is parked when no other try is left.
        unprojected = sorted([*refused, *bulk.outcome.unprojected], key=lambda one: one.passing)
        return list({one.event.id: one for one in unprojected}.values())

    def measured(self) -> Measured:
        """What was measured since the last call: the events whose document lacks something."""
        with self._lock:
            measured, self._measured = self._measured, Measured()
        return measured

    def _create(self, events: list[Event], opensearch: OpenSearch, bulk: Bulk) -> None:
        generations = self._current(opensearch)
        documents: dict[str, list[Document]] = defaultdict(list)
        for event in events:
            document = Document(event)
            for generation in generations:
                documents[index_name(generation, event.recorded_at)].append(document)
        degraded: set[Document] = set()
        try:
            for index, of_index in documents.items():
                fields = {field for document in of_index for field in document.fields}
                known = self._mappings.with_fields(opensearch, index, fields)
                lines: list[Line] = [(one, line_of(one, one.json(known))) for one in of_index]
                degraded |= {one for one in of_index if one.degraded(known)}
                bulk.create(index, lines)
        finally:
            self._count(degraded.intersection(bulk.outcome.created))

    def _current(self, opensearch: OpenSearch) -> list[int]:
        before = self._generations.indices
        current = self._generations.current(opensearch)
        if self._generations.indices is not before:
            self._mappings.forget_all_but(self._generations.indices)
        return current

    def _count(self, degraded: set[Document]) -> None:
        if degraded:
            with self._lock:
                self._measured[DEGRADED, SEARCH] += len(degraded)


class _UntilDeadline:
    """OpenSearch as long as there is time."""

    def __init__(self, opensearch: OpenSearch, deadline: float) -> None:
        self._opensearch = opensearch
        self._deadline = deadline

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float | None = None
    ) -> Answer:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise OpenSearchUnavailableError("it has used up the time of a batch's slice")
        return self._opensearch.ask(method, path, body, timeout=timeout or _REQUEST_SECONDS)


def _has_month(event: Event) -> bool:
    try:
        month_of(event.recorded_at)
    except ValueError:
        return False
    return True
