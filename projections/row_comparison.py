"""Compares rows of the by-type table with the log's events one by one, and mends them.

Invariant: a difference is only reported after a strongly consistent read of both sides, and only
the projection's table is ever written.
"""

from domain.event import MAX_CHARACTERS, Event
from domain.item import Item
from projections.by_type_rows import id_of_row, recorded_at, row_of
from projections.differences import Difference, Found, Kind
from projections.keyed_items import KeyedItems
from projections.log_scan import Segment

_KEY_FIELDS = ("id", "type", "recorded_at")


class RowComparison:
    """Compares in both directions; with `mend`, what differs is made as the log says."""

    def __init__(
        self, log: KeyedItems, rows: KeyedItems, *, shards: int, found: Found, mend: bool
    ) -> None:
        self._log = log
        self._rows = rows
        self._shards = shards
        self._found = found
        self._mend = mend

    def expected(self, events: list[Event], segment: Segment) -> None:
        """Events of the log: name those whose row is missing or different."""
        wanted = {_key(row): row for row in (row_of(e, shards=self._shards) for e in events)}
        ids = {_key(row): id_of_row(row) for row in wanted.values()}
        keys = [_item_key(row) for row in wanted.values()]
        there = {_key(row): row for row in self._rows.read(keys, stopped=segment.stopped)}
        wrong = {key: row for key, row in wanted.items() if there.get(key) != row}
        for key in wrong:
            kind: Kind = "different" if key in there else "missing"
            self._found(Difference(kind, "row", ids[key], key))
        if self._mend:
            self._rows.put(list(wrong.values()), stopped=segment.stopped)

    def found(self, rows: list[Item], segment: Segment) -> None:
        """Rows of the projection: name those that no event of the log has as its row."""
        ids = {id for row in rows for id in _possible_ids(row)}
        keys: list[Item] = [{"id": {"S": id}} for id in ids]
        right = {
            self._key_of(item)
            for item in self._log.read(keys, attributes=_KEY_FIELDS, stopped=segment.stopped)
        }
        extra = [row for row in rows if _key(row) not in right]
        for row in extra:
            self._found(Difference("extra", "row", next(iter(_possible_ids(row)), ""), _key(row)))
        if self._mend:
            self._rows.delete([_item_key(row) for row in extra], stopped=segment.stopped)

    def _key_of(self, item: Item) -> tuple[str, str] | None:
        """The key that the log's item has in the projection; None if it is no event."""
        try:
            texts = {name: item[name]["S"] for name in _KEY_FIELDS}
        except KeyError:
            return None
        return _key(row_of(Event(**texts, payload="", hash=""), shards=self._shards))


def _possible_ids(row: Item) -> list[str]:
    """The ids that a row's event can have: as its attribute says, and as its key does."""
    ids = [row["id"]["S"]] if "S" in row.get("id", {}) else []
    ids.append(_id_in_key(row))
    return [id for id in ids if 1 <= len(id) <= MAX_CHARACTERS["id"]]


def _id_in_key(row: Item) -> str:
    sort_key = row["sk"]["S"]
    return sort_key[len(recorded_at(sort_key)) + 1 :]


def _key(row: Item) -> tuple[str, str]:
    return row["pk"]["S"], row["sk"]["S"]


def _item_key(row: Item) -> Item:
    return {"pk": row["pk"], "sk": row["sk"]}
