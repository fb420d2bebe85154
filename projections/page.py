"""A page of a listing, whichever projection it comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """Some events' JSON texts in order; `next` is the place to go on from, None at the end."""

    events: list[str]
    next: str | None
