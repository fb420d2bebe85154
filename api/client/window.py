"""The rule of following: from where the listing is read again, and what of it is new.

Invariant: an event recorded at or after `since` and listed within `overlap` of its `recorded_at` is
new exactly once. docs/decisions/0026-the-rule-of-tail.md has the proof.
"""

from datetime import datetime, timedelta

from api.client.events import Event
from domain.timestamps import format_utc

OVERLAP = timedelta(minutes=5)
DEEP_EVERY = timedelta(seconds=30)
_SHALLOW = timedelta(seconds=10)


class Window:
    """Looks at a listing, one after another; `now` is always the API's own clock, not this one's.

    A shallow look reads what was recorded since 10 seconds before the look before; a deep one,
    every 30 seconds, what was since `overlap` before the deep look before. A look that was not
    ended counts as none: the next one reads from where it did.
    """

    def __init__(self, *, since: datetime, overlap: timedelta = OVERLAP) -> None:
        self._since = since
        self._overlap = overlap
        self._now = since
        self._began: datetime | None = None
        self._deep_began: datetime | None = None
        self._deep = True
        self._shown: dict[str, str] = {}

    @property
    def remembered(self) -> int:
        """How many ids are kept, so that their events are not shown again."""
        return len(self._shown)

    def begin(self, now: datetime) -> str:
        """Begin a look: the `recorded_at` from which on the listing is to be read."""
        self._now = max(self._now, now)  # clocks of the API's machines differ a little
        if self._began is None or self._deep_began is None:
            self._deep = True
            return format_utc(self._since)
        self._deep = self._now - self._deep_began >= DEEP_EVERY
        if self._deep:
            return self._floor(self._deep_began, self._overlap)
        return self._floor(self._began, min(_SHALLOW, self._overlap))

    def is_new(self, event: Event) -> bool:
        """Whether an event that was read is to be shown; it never is again."""
        if event.id in self._shown:
            return False
        self._shown[event.id] = event.recorded_at
        return True

    def end(self) -> None:
        """End a look that has read to the end of the listing."""
        self._began = self._now
        if self._deep:
            self._deep_began = self._now
            floor = self._floor(self._now, self._overlap)  # no look reads below it again
            self._shown = {id: at for id, at in self._shown.items() if at >= floor}

    def _floor(self, began: datetime, span: timedelta) -> str:
        return format_utc(max(self._since, began - span))
