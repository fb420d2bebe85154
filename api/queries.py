"""The parameters of the read routes → what is to be listed."""

from api.parameters import is_descending, refused, span_of
from domain.event import MAX_CHARACTERS
from projections.by_type_listing import Listing

MAX_LIMIT = 1000
MAX_TYPES_LIMIT = 100

BY_ID = ("id", "source")
BY_TYPE = ("type", "from", "to", "order", "limit", "cursor")
OF_TYPES = ("limit", "cursor")
"""The parameters of GET /events, in both its forms, and of GET /types."""


def listing_of(query: dict[str, str]) -> Listing:
    """`type`, `from`, `to` and `order` → what is to be listed.

    Raises:
        ProblemError: one breaks its rule.
    """
    if not 1 <= len(query["type"]) <= MAX_CHARACTERS["type"]:
        raise refused("type", f"must have 1 to {MAX_CHARACTERS['type']} characters")
    return Listing(type=query["type"], descending=is_descending(query), **span_of(query))
