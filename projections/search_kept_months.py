"""Which months of the log are searched, where not all of them stay.

Invariant: the running month is kept, and so many whole ones before it; an event whose time is none
is not of an older month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.event import Event
from projections.search_names import month_of
from projections.stream import Project, Unprojected

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class KeptMonths:
    """The months from `first` on, such as `2026.01`; all of them for None."""

    first: str | None = None

    @classmethod
    def at(cls, now: datetime, *, months: int | None) -> KeptMonths:
        """Those that are kept at a moment: so many before the running one, or all for None or 0."""
        if not months:
            return cls()
        year, month = divmod(now.year * _MONTHS + now.month - 1 - months, _MONTHS)
        return cls(f"{year:04}.{month + 1:02}")

    def has(self, event: Event) -> bool:
        """Whether an event is of a month that is kept."""
        try:
            return self.has_month(month_of(event.recorded_at))
        except ValueError:
            return True

    def has_month(self, month: str) -> bool:
        """Whether a month, such as `2026.01`, is kept."""
        return self.first is None or month >= self.first

    def of(self, project: Project) -> Project:
        """Puts the events of these months; those of older ones are nothing to be put."""

        def project_kept(events: list[Event]) -> list[Unprojected]:
            return project([event for event in events if self.has(event)])

        return project_kept


ALL_MONTHS = KeptMonths()
