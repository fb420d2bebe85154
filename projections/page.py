"""A page of a listing, whichever projection it comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """Some events' JSON texts in order; `next` is the place to go on from, None at the end.

    `first` is the place of the first event, where the listing tells it.
    """

    events: list[str]
    next: str | None
    first: str | None = None
