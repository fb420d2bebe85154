"""Compares documents of the search projection with the log's events one by one, and mends them.

Invariant: a document is only named extra after a strongly consistent read of the log, and only the
projection is ever written.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Event as Flag
from threading import Lock

from domain.event import MAX_CHARACTERS, Event
from domain.item import Item
from projections.differences import Difference, Found, Kind
from projections.keyed_items import KeyedItems
from projections.rebuild import project_all
from projections.search_admin import SearchAdmin
from projections.search_document_comparison import is_document_of
from projections.search_documents import Document, Key, SearchDocuments
from projections.search_names import document_id, index_name, month_in
from projections.stream import Project

_HOUR_CHARACTERS = len("2026-01-31T12")


@dataclass(frozen=True, slots=True)
class Mending:
    """What mends a document: deleting it, and projecting its event again."""

    admin: SearchAdmin
    project: Project


class DocumentComparison:
    """Compares in both directions; with `mending`, what differs is made as the log says."""

    def __init__(
        self,
        log: KeyedItems,
        documents: SearchDocuments,
        *,
        generation: int,
        found: Found,
        mending: Mending | None,
    ) -> None:
        self._log = log
        self._documents = documents
        self._generation = generation
        self._found = found
        self._mending = mending
        self._hours: Counter[str] = Counter()
        self._lock = Lock()

    def expected(self, events: list[Event], *, stopped: Flag) -> None:
        """Events of the log: name those whose document is missing or different."""
        keys = {event.id: self._key_of(event.id, event.recorded_at) for event in events}
        there = self._documents.sources([key for key in keys.values() if key])
        missing: list[Event] = []
        different: list[Event] = []
        for event in events:
            key = keys[event.id]
            if key is None or key not in there:
                missing.append(event)
                continue
            self._count([event])
            if not is_document_of(event, there[key]):
                different.append(event)
        kinds: tuple[tuple[Kind, list[Event]], ...]
        kinds = ("missing", missing), ("different", different)
        for kind, some in kinds:
            for event in some:
                self._found(Difference(kind, "document", event.id, keys[event.id]))
        if self._mending and (missing or different):
            self._mending.admin.delete_documents(
                key for event in different if (key := keys[event.id])
            )
            project_all([*missing, *different], self._mending.project, stopped=stopped)
            self._count(missing)

    def found(self, documents: list[Document]) -> None:
        """Documents of the projection: name those that no event of the log has as its own."""
        ids = {id for one in documents for id in _possible_ids(one)}
        keys: list[Item] = [{"id": {"S": id}} for id in ids]
        right = {
            self._key_of(item["id"]["S"], item.get("recorded_at", {}).get("S", ""))
            for item in self._log.read(keys, attributes=("id", "recorded_at"), stopped=Flag())
        }
        extra = [one for one in documents if one.key not in right]
        for one in extra:
            self._found(Difference("extra", "document", one.event_id or "", one.key))
        if self._mending:
            self._mending.admin.delete_documents(one.key for one in extra)

    def looked_up(self, index: str, hour: str) -> int:
        """How many documents of an hour were found in an index, by the events of the log."""
        of_month = hour.startswith(month_in(index).replace(".", "-"))
        return self._hours[hour] if of_month else 0

    def _count(self, events: list[Event]) -> None:
        with self._lock:
            self._hours.update(event.recorded_at[:_HOUR_CHARACTERS] for event in events)

    def _key_of(self, id: str, recorded_at: str) -> Key | None:
        """Where an event's document is; None if its time, written around the API, is none."""
        try:
            return index_name(self._generation, recorded_at), document_id(id)
        except ValueError:
            return None


def _possible_ids(document: Document) -> list[str]:
    """The ids that a document's event can have: as its field says, and as its `_id` does."""
    ids = [id for id in (document.event_id, document.key[1]) if id]
    return [id for id in ids if len(id) <= MAX_CHARACTERS["id"]]
