"""Rebuilds the search projection: a new generation of indices beside the old, swapped in at once.

Invariant: the aliases are the only state, and every step may be repeated, so that a rebuild that is
killed anywhere and started again goes on; analysts search the whole old generation until the swap,
and the whole new one after it.

| step                            | OpenSearch after it                                    |
|---------------------------------|--------------------------------------------------------|
| template of the next generation | new indices of it get the alias `events-search-next`   |
| its indices of all months       | projectors find them, and write into both generations  |
| wait                            | no projector knows the old generation alone            |
| replay of the log               | the next generation has every event                    |
| swap of the aliases             | the next generation is searched, the old one is not    |
| template again                  | new indices of it get the alias `events-search`        |
| wait                            | no projector writes into the old generation            |
| deletion of what is older       | only the generation that is searched is there          |
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event as Flag

from domain.errors import EventLogError
from domain.timestamps import format_utc
from projections.patience import wait
from projections.projection_target import Say
from projections.search_admin import SearchAdmin
from projections.search_catalog import Catalog, catalog, template_generations
from projections.search_generations import GENERATIONS_SECONDS
from projections.search_names import (
    ALIAS,
    NEXT_ALIAS,
    index_of_month,
    month_in,
    month_of,
    template_name,
)
from projections.search_swap import align, swap
from projections.search_template import template_body
from projections.stream import SLICE_MILLISECONDS

SETTLE_SECONDS = GENERATIONS_SECONDS + SLICE_MILLISECONDS / 1_000
"""After so long every projector acts on what the aliases say: it has looked at them again, and what
it did on an older look is over."""


class GenerationLostError(EventLogError):
    """The generation that was being built is not there any more."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        super().__init__(
            f"generation {generation} of search is not there any more: another rebuild has"
            " discarded it. Begin anew with --restart"
        )


class SearchRebuild:
    """The steps before the replay, and those after it.

    Two at once are as good as one: they build the same generation, and the second to end finds it
    swapped in. One that restarts makes the other end with GenerationLostError.

    Raises, from every method:
        OpenSearchUnavailableError, OpenSearchRefusedError: see SearchAdmin.
    """

    def __init__(
        self,
        admin: SearchAdmin,
        *,
        say: Say,
        serverless: bool = False,
        settle_seconds: float = SETTLE_SECONDS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._admin = admin
        self._say = say
        self._serverless = serverless
        self._settle_seconds = settle_seconds
        self._now = now

    def begin(self, *, goes_on: bool, restart: bool) -> int:
        """Have a generation into which every projector writes; gives back its number.

        If a rebuild `goes_on` after its swap, that is the generation that is searched.
        """
        found = catalog(self._admin)
        if restart and found.building is not None:
            self._delete(found, found.building)
        elif found.building is not None:
            self._say(f"Generation {found.building} of search is being built already: going on")
            return self._prepared(found.building, found)
        elif goes_on and found.live is not None:
            return found.live
        known = found.generations | template_generations(self._admin)
        return self._prepared(max(known, default=0) + 1, found)

    def identity(self, generation: int) -> str:
        """What tells a generation from any other or later one of its number: its first index."""
        indices = self._admin.ask("GET", f"/{ALIAS}-{generation}-*/_settings")
        settings = (one["settings"]["index"] for one in indices.values())
        first = min((int(one["creation_date"]), str(one["uuid"])) for one in settings)
        return f"{template_name(generation)} of {first[0]} ({first[1]})"

    def finish(self, generation: int) -> None:
        """Let the generation be searched, all at once, and delete the older ones.

        Raises:
            GenerationLostError: it is neither being built nor searched.
        """
        found = catalog(self._admin)
        if generation not in {found.building, found.live}:
            raise GenerationLostError(generation)
        if found.live != generation:
            for one in {generation, found.live or generation}:
                self._create(one, self._months_now())
            swap(self._admin, generation, serverless=self._serverless, say=self._say)
        self._put_template(generation, ALIAS)
        align(self._admin, generation)  # what was made meanwhile
        known = catalog(self._admin)
        if older := sorted(one for one in self._known(known) if one < generation):
            self._settle("writes into the old generation")
            for one in older:
                self._delete(known, one)

    def _prepared(self, generation: int, found: Catalog) -> int:
        if generation not in template_generations(self._admin):
            self._put_template(generation, NEXT_ALIAS)
        months = {month_in(index) for index in found.indices(found.live or 0)}
        self._create(generation, months | self._months_now())
        self._settle("knows the old generation alone")
        return generation

    def _months_now(self) -> set[str]:
        """This month and the next one: it may begin meanwhile."""
        return {
            month_of(format_utc(self._now())),
            month_of(format_utc(self._now().replace(day=1) + timedelta(days=32))),
        }

    def _create(self, generation: int, months: set[str]) -> None:
        for month in sorted(months):
            self._admin.create_index(index_of_month(generation, month))

    def _put_template(self, generation: int, alias: str) -> None:
        path = f"/_index_template/{template_name(generation)}"
        self._admin.ask(
            "PUT", path, template_body(generation, alias=alias, serverless=self._serverless)
        )

    def _settle(self, what: str) -> None:
        self._say(f"Waiting {self._settle_seconds:.0f} s until no projector {what}")
        wait(self._settle_seconds, stopped=Flag())

    def _known(self, found: Catalog) -> set[int]:
        return found.generations | template_generations(self._admin)

    def _delete(self, found: Catalog, generation: int) -> None:
        """The template goes first: without it, no projector makes an index again."""
        self._admin.find("DELETE", f"/_index_template/{template_name(generation)}")
        for index in found.indices(generation):
            self._admin.find("DELETE", f"/{index}")  # another rebuild may have done it
