"""Which indices the search projection has, of which generation, behind which alias.

Invariant: only reads; the aliases alone say which generation is searched and which one is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from projections.search_admin import SearchAdmin
from projections.search_names import ALIAS, NEXT_ALIAS, generation_of


@dataclass(frozen=True, slots=True)
class Catalog:
    """The projection's indices by name, with the aliases that each is behind."""

    aliases: Mapping[str, frozenset[str]]

    @property
    def live(self) -> int | None:
        """The generation that is searched; None while there is none."""
        return self._behind(ALIAS)

    @property
    def building(self) -> int | None:
        """The generation that a rebuild fills; None while there is none."""
        found = self._behind(NEXT_ALIAS)
        return found if found is not None and found > (self.live or 0) else None

    @property
    def generations(self) -> set[int]:
        """All generations that have an index."""
        return {generation_of(index) for index in self.aliases}

    def indices(self, generation: int) -> list[str]:
        """A generation's indices, in the order of their months."""
        return sorted(index for index in self.aliases if generation_of(index) == generation)

    def _behind(self, alias: str) -> int | None:
        return max(
            (generation_of(index) for index, names in self.aliases.items() if alias in names),
            default=None,
        )


def catalog(admin: SearchAdmin) -> Catalog:
    """The projection's indices now."""
    answer = admin.ask("GET", f"/{ALIAS}-*/_alias")
    found: dict[str, frozenset[str]] = {}
    for index, facts in answer.items():
        try:
            generation_of(index)
        except ValueError:  # somebody else's, which only begins alike
            continue
        found[index] = frozenset(facts["aliases"])
    return Catalog(found)


def template_generations(admin: SearchAdmin) -> set[int]:
    """The generations that have an index template."""
    answer = admin.find("GET", f"/_index_template/{ALIAS}-*") or {"index_templates": []}
    numbers = (one["name"].removeprefix(f"{ALIAS}-") for one in answer["index_templates"])
    return {int(number) for number in numbers if number.isdecimal()}
