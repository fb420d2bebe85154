"""Order-free digests of the by-type rows that are expected and of those that are there.

Invariant: memory is the same for one row and for all, 1.5 MB: rows of one type and hour share a
bucket, and types and hours are hashed into a fixed number of buckets. Sharing a bucket with a
differing type and hour costs a look at a row, never a wrong answer.
"""

import zlib
from array import array
from collections.abc import Iterable
from hashlib import blake2b
from struct import Struct
from threading import Lock

from domain.item import Item

_BUCKETS = 65_536
_HALVES = Struct("<QQ")
_MODULUS_MASK = 2**64 - 1
_HOUR_CHARACTERS = len("2026-01-31T12")


class RowBuckets:
    """Per bucket the number of expected rows less that of the rows found, and so their digests.

    Digests of 128 bits are added in two halves, each modulo 2**64: in any order, equal sets of
    rows leave zero; that unequal ones do has the odds of a hash collision.
    """

    def __init__(self) -> None:
        self._rows = array("q", bytes(8 * _BUCKETS))
        self._low = array("Q", bytes(8 * _BUCKETS))
        self._high = array("Q", bytes(8 * _BUCKETS))
        self._lock = Lock()

    def expect(self, rows: Iterable[Item]) -> None:
        """The projection should have these rows."""
        self._add(rows, sign=1)

    def find(self, rows: Iterable[Item]) -> None:
        """The projection has these rows."""
        self._add(rows, sign=-1)

    def _add(self, rows: Iterable[Item], *, sign: int) -> None:
        for row in rows:
            bucket = _bucket(row)
            low, high = _HALVES.unpack(_digest(row))
            with self._lock:
                self._rows[bucket] += sign
                self._low[bucket] = self._low[bucket] + sign * low & _MODULUS_MASK
                self._high[bucket] = self._high[bucket] + sign * high & _MODULUS_MASK

    def differ(self) -> bool:
        """Whether any row differs."""
        return any(map(self._differs, range(_BUCKETS)))

    def may_differ(self, row: Item) -> bool:
        """Whether this row, or another of its bucket, differs."""
        return self._differs(_bucket(row))

    def _differs(self, bucket: int) -> bool:
        return bool(self._rows[bucket] or self._low[bucket] or self._high[bucket])


def _bucket(row: Item) -> int:
    type = row["pk"]["S"].rpartition("#")[0]
    hour = row["sk"]["S"][:_HOUR_CHARACTERS]
    return zlib.crc32(f"{hour}{type}".encode()) % _BUCKETS


def _digest(row: Item) -> bytes:
    """Of all attributes; Python's text form of texts and bytes is unambiguous."""
    return blake2b(repr(sorted(row.items())).encode(), digest_size=_HALVES.size).digest()
