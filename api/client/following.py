"""Following new events as a dialogue: looks at the listing that never end.

Invariant: `Window` decides what is read and shown; a look that fails is made again.
"""

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypedDict, TypeVar

from api.client.dialogue import Asking, Dialogue, Found, Pause
from api.client.errors import (
    ApiError,
    ThrottledError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from api.client.events import Event
from api.client.reading import Listing, Page, Span, events_of, types
from api.client.retries import Retries
from api.client.window import OVERLAP, Window

T = TypeVar("T")

INTERVAL = 2.0
_PAGE_SIZE = 500
_PASSING = (UnreachableError, ThrottledError, UnavailableError)

Since = datetime | timedelta | None
"""A moment, how long ago, or now."""


class How(TypedDict, total=False):
    """How types are followed.

    Events are shown that were recorded at or after `since`, by default now. `overlap` is how long
    after its `recorded_at` an event may be listed and still is found. `interval` is in seconds,
    between two looks. `on_trouble` is told of an error that may pass, and the look is made again;
    without it, the error is raised.
    """

    since: Since
    overlap: timedelta
    interval: float
    on_trouble: Callable[[ApiError], None]


def follow(names: Sequence[str], how: How, *, retries: Retries) -> Dialogue[Event]:
    """The new events of these types, or of all, as they are found; each look's in order."""
    window: Window | None = None
    clock = _Clock(retries)
    while True:
        try:
            if window is None:
                yield from clock.ask()
                since = clock.since(how.get("since"))
                window = Window(since=since, overlap=how.get("overlap", OVERLAP))
            yield from _look(names, window, clock)
        except _PASSING as error:
            if "on_trouble" not in how:
                raise
            how["on_trouble"](error)
        yield Pause(how.get("interval", INTERVAL))


class _Clock:
    """The API's clock, as its answers tell it: never ahead of it."""

    def __init__(self, retries: Retries) -> None:
        self.retries = retries
        self.now = datetime.min.replace(tzinfo=UTC)

    def ask(self) -> Asking[None]:
        """Ask for nothing but the time."""
        yield from self.page(types(retries=self.retries), None)

    def page(self, listing: Listing[T], cursor: str | None) -> Asking[Page[T]]:
        """A page, and the time with it."""
        page = yield from listing.page(cursor)
        if page.date is None:
            raise UnexpectedAnswerError("the answer has no Date, by which new events are told")
        self.now = max(self.now, page.date)
        return page

    def since(self, since: Since) -> datetime:
        """The moment from which on events are shown."""
        if isinstance(since, datetime):
            return since
        return self.now - (since or timedelta())


@dataclass(slots=True)
class _Lane:
    """One type's events that were read and are not given yet."""

    listing: Listing[Event]
    waiting: deque[Event] = field(default_factory=deque)
    cursor: str | None = None

    def read(self, clock: _Clock) -> Asking[None]:
        """Read the next page."""
        page = yield from clock.page(self.listing, self.cursor)
        self.cursor = page.cursor
        self.waiting.extend(page.items)

    def place(self) -> tuple[str, str]:
        """Where the next event stands in the order."""
        return self.waiting[0].recorded_at, self.waiting[0].id


def _look(names: Sequence[str], window: Window, clock: _Clock) -> Dialogue[Event]:
    floor = window.begin(clock.now)
    span: Span = {"since": floor, "order": "asc", "page_size": _PAGE_SIZE}
    read = names or (yield from _types_since(floor, clock))
    lanes = [_Lane(events_of(name, span, retries=clock.retries)) for name in read]
    yield from _merged(lanes, window, clock)
    window.end()


def _types_since(floor: str, clock: _Clock) -> Asking[list[str]]:
    """The types with an event that was recorded then or later; others have nothing to read."""
    names: list[str] = []
    cursor = None
    while True:
        page = yield from clock.page(types(retries=clock.retries), cursor)
        names += [type.type for type in page.items if type.last_seen >= floor]
        if (cursor := page.cursor) is None:
            return names


def _merged(lanes: list[_Lane], window: Window, clock: _Clock) -> Dialogue[Event]:
    """The new events of all lanes in order; a lane's next page is read when it is used up."""
    heap: list[tuple[tuple[str, str], int]] = []
    for number, lane in enumerate(lanes):
        yield from lane.read(clock)
        if lane.waiting:
            heapq.heappush(heap, (lane.place(), number))
    while heap:
        _, number = heapq.heappop(heap)
        lane = lanes[number]
        event = lane.waiting.popleft()
        if window.is_new(event):
            yield Found(event)
        while not lane.waiting and lane.cursor is not None:
            yield from lane.read(clock)
        if lane.waiting:
            heapq.heappush(heap, (lane.place(), number))
