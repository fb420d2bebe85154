"""The parameters of GET /search → what is to be found.

Invariant: the work that a query can ask for is bounded in each of its parts.
"""

from api.http import Request
from api.parameters import every, is_descending, refused, span_of
from api.search_filters import filter_of, words_and_phrases
from domain.event import MAX_CHARACTERS
from projections.search_query import Search

MAX_LIMIT = 100
MAX_TYPES = 20
MAX_FILTERS = 20

ONCE = ("q", "from", "to", "order", "limit", "cursor")
REPEATABLE = ("type", "filter")


def search_of(request: Request, query: dict[str, str]) -> Search:
    """All parameters but `limit` and `cursor` → what is to be found.

    `query` has those that stand once.

    Raises:
        ProblemError: one breaks its rule.
    """
    types = every(request, "type", maximum=MAX_TYPES)
    for type in types:
        if not 1 <= len(type) <= MAX_CHARACTERS["type"]:
            raise refused("type", f"must have 1 to {MAX_CHARACTERS['type']} characters")
    words, phrases = words_and_phrases(query["q"]) if "q" in query else ("", ())
    filters = every(request, "filter", maximum=MAX_FILTERS)
    return Search(
        words=words,
        phrases=phrases,
        types=tuple(types),
        filters=tuple(filter_of(text) for text in filters),
        descending=is_descending(query),
        **span_of(query),
    )
