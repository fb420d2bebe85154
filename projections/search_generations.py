"""Which generations an event's document is written to: those that the aliases name.

Invariant: the aliases are the only state; an answer is used for a limited time, so that whoever
moves an alias knows when every projector has seen it.
"""

import time
from collections.abc import Callable

from projections.opensearch import OpenSearch
from projections.search_names import ALIAS, FIRST_GENERATION, NEXT_ALIAS, generation_of, is_index
from projections.search_requests import NOT_FOUND, OK, ask_json
from projections.search_templates import generations_of_alias

GENERATIONS_SECONDS = 10.0
"""How long a projector may go on with what the aliases named."""


class Generations:
    """The generations to write to and the indices there are, asked for anew when they are old."""

    def __init__(
        self,
        *,
        seconds: float = GENERATIONS_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._asked_at: float | None = None
        self._numbers: list[int] = []
        self.indices: frozenset[str] = frozenset()

    def current(self, opensearch: OpenSearch) -> list[int]:
        """The generations behind the two aliases, the newest first.

        In that order they are written to: one that is being built has each document before the one
        that it replaces, and so never lacks what was seen there.

        Where no index carries the alias that is searched in, its template says which generation it
        is; where there is no template either, it is the first.

        Raises:
            OpenSearchUnavailableError: try again.
            OpenSearchRefusedError: a missing permission, most often.
        """
        now = self._clock()
        if self._asked_at is None or now - self._asked_at >= self._seconds:
            self._numbers = self._ask(opensearch)
            self._asked_at = now
        return self._numbers

    def _ask(self, opensearch: OpenSearch) -> list[int]:
        path = f"/_alias/{ALIAS},{NEXT_ALIAS}"
        answer = ask_json(opensearch, "GET", path, understood=(OK, NOT_FOUND))
        # Where one alias is missing, the answer is 404 and names the indices of the other.
        aliases = {
            index: about["aliases"] for index, about in answer.json().items() if is_index(index)
        }
        numbers = {generation_of(index) for index in aliases}
        if not any(ALIAS in names for names in aliases.values()):
            numbers |= set(generations_of_alias(opensearch, ALIAS) or [FIRST_GENERATION])
        self.indices = frozenset(aliases)
        return sorted(numbers, reverse=True)


class OneGeneration:
    """A generation that is written to whatever the aliases name: the one that a rebuild fills."""

    indices: frozenset[str] = frozenset()

    def __init__(self, number: int) -> None:
        self._numbers = [number]

    def current(self, _opensearch: OpenSearch) -> list[int]:
        """The generation."""
        return self._numbers
