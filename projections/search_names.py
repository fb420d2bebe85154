"""The search projection's names: aliases, generations of indices, months and document ids.

Invariant: where an event's document is, and under which id, is a function of the event and the
generation alone, so that redelivery and replay write the same document again.
"""

import hashlib
import re

SEARCH = "search"
"""The projection's name: in keys of parked records, in commands and metrics."""

ALIAS = "events-search"
"""What analysts and the API search in: the indices of the current generation."""

NEXT_ALIAS = "events-search-next"
"""The indices of the generation that a rebuild fills; none at other times."""

FIRST_GENERATION = 1
MAX_ID_BYTES = 512
"""https://docs.opensearch.org/latest/field-types/metadata-fields/id/"""

_INDEX = re.compile(rf"{ALIAS}-([1-9]\d*)-(\d{{4}}\.\d\d)", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-\d\dT", re.ASCII)
_DIGEST = re.compile(r"sha256-[0-9a-f]{64}")


def month_of(recorded_at: str) -> str:
    """A time in UTC as the log makes it → its month, such as `2026.11`.

    Raises:
        ValueError: it is no such time.
    """
    match = _MONTH.match(recorded_at)
    if match is None:
        raise ValueError(f"{recorded_at!r} is no time of the log")
    return f"{match[1]}.{match[2]}"


def template_name(generation: int) -> str:
    """The index template of a generation."""
    return f"{ALIAS}-{generation}"


def index_pattern(generation: int) -> str:
    """What the names of a generation's indices, and of no other's, match."""
    return f"{ALIAS}-{generation}-*"


def index_name(generation: int, recorded_at: str) -> str:
    """The index that holds an event recorded then.

    Raises:
        ValueError: `recorded_at` is no time of the log.
    """
    return index_of_month(generation, month_of(recorded_at))


def index_of_month(generation: int, month: str) -> str:
    """The index that holds the events of a month, such as `2026.11`."""
    return f"{ALIAS}-{generation}-{month}"


def month_in(index: str) -> str:
    """The month whose events an index holds.

    Raises:
        ValueError: the name is none that `index_name` gives.
    """
    return _parts(index)[1]


def is_index(name: str) -> bool:
    """Whether a name is one that `index_name` gives."""
    return _INDEX.fullmatch(name) is not None


def generation_of(index: str) -> int:
    """The generation that an index belongs to.

    Raises:
        ValueError: the name is none that `index_name` gives.
    """
    return int(_parts(index)[0])


def document_id(event_id: str) -> str:
    """The `_id` of an event's document: the event's id where OpenSearch can take it.

    An id that is too long has its digest instead, and so has one that looks like a digest, which
    else could stand in the place of another event.
    """
    encoded = event_id.encode()
    if len(encoded) > MAX_ID_BYTES or _DIGEST.fullmatch(event_id):
        return f"sha256-{hashlib.sha256(encoded).hexdigest()}"
    return event_id


def _parts(index: str) -> tuple[str, str]:
    match = _INDEX.fullmatch(index)
    if match is None:
        raise ValueError(f"{index!r} is no index of the search projection")
    return match[1], match[2]
