"""Following: each event once, none missed that is listed in time, whatever is late or fails."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.client import Event, Retries, UnexpectedAnswerError, UnreachableError
from api.client.dialogue import Answer, Found, NoAnswer, Pause, Reply, Request
from api.client.following import How, follow
from api.client.window import Window
from domain.timestamps import format_utc
from tests.api.client.played import event_json

BEGAN = datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)
OVERLAP = 60.0
TYPES = ("a", "b")


@dataclass(frozen=True)
class Late:
    """An event: when it was recorded and when it is listed, in seconds of the API's clock."""

    id: str
    type: str
    recorded: float
    listed: float

    @property
    def recorded_at(self) -> str:
        return format_utc(BEGAN + timedelta(seconds=self.recorded))


@dataclass
class FakeApi:
    """Listings as they are at `now`; pages of `page`, each request takes `seconds`.

    `down` says of the number of a request whether it gets no answer.
    """

    events: list[Late]
    page: int = 2
    seconds: float = 0.3
    down: frozenset[int] = frozenset()
    now: float = 0.0
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        number = len(self.requests)
        self.requests.append(request)
        self.now += self.seconds
        if number in self.down:
            return NoAnswer("down", "https://api.test")
        query = dict(request.query)
        body = self._types() if request.path == "/types" else self._events(query)
        date = format_datetime(BEGAN + timedelta(seconds=self.now), usegmt=False)
        return Answer(200, {"Date": date}, body)

    def _listed(self) -> list[Late]:
        return [event for event in self.events if event.listed <= self.now]

    def _types(self) -> str:
        seen: dict[str, str] = {}
        for event in self._listed():
            seen[event.type] = max(seen.get(event.type, ""), event.recorded_at)
        types = [{"type": t, "first_seen": at, "last_seen": at} for t, at in seen.items()]
        return json.dumps({"types": types, "next_cursor": None})

    def _events(self, query: dict[str, str]) -> str:
        assert query["order"] == "asc"
        behind = tuple(json.loads(query.get("cursor", '["",""]')))
        rows = sorted(
            (event.recorded_at, event.id)
            for event in self._listed()
            if event.type == query["type"] and event.recorded_at >= query["from"]
        )
        rest = [row for row in rows if row > behind]
        texts = [
            event_json(id, type=query["type"]).replace("2026-01-01T00:00:00.000000Z", at)
            for at, id in rest[: self.page]
        ]
        cursor = json.dumps(rest[self.page - 1]) if len(rest) > self.page else None
        return f'{{"events":[{",".join(texts)}],"next_cursor":{json.dumps(cursor)}}}'


def followed(api: FakeApi, *types: str, until: float, **how: object) -> Iterator[Event]:
    """What is shown of the fake until then, on its clock."""
    troubled: How = {"since": BEGAN, "overlap": timedelta(seconds=OVERLAP)}
    troubled |= how  # type: ignore[typeddict-item]  # keys of it
    dialogue = follow(types, troubled, retries=Retries(tries=1))
    reply: Reply = None
    while api.now < until:
        step = dialogue.send(reply)
        reply = None
        match step:
            case Found(event):
                yield event
            case Pause(seconds):
                api.now += seconds
            case Request():
                reply = api.answer(step)


moments = st.integers(0, 3_000).map(lambda tenths: tenths / 10)
delays = st.one_of(
    st.integers(-50, 50), st.integers(0, int(OVERLAP) * 10), st.integers(0, 3_000)
).map(lambda tenths: tenths / 10)
late_events = st.lists(st.tuples(moments, delays, st.sampled_from(TYPES)), max_size=25).map(
    lambda drawn: [
        Late(f"{n:02}", type, recorded, recorded + delay)
        for n, (recorded, delay, type) in enumerate(drawn)
    ]
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    events=late_events,
    page=st.integers(1, 4),
    seconds=st.sampled_from([0.0, 0.3, 7.0]),
    down=st.frozensets(st.integers(0, 100), max_size=40),
    interval=st.sampled_from([2.0, 11.0, 45.0]),
    types=st.sampled_from([(), TYPES]),
)
def test_each_event_is_shown_once_and_none_is_missed_that_is_listed_in_time(
    events: list[Late],
    page: int,
    seconds: float,
    down: frozenset[int],
    interval: float,
    types: tuple[str, ...],
) -> None:
    api = FakeApi(events, page=page, seconds=seconds, down=down)
    until = 700 + len(down) * (interval + seconds)  # each failed look is made up for
    shown = [
        event.id
        for event in followed(
            api, *types, until=until, interval=interval, on_trouble=lambda error: None
        )
    ]
    assert len(shown) == len(set(shown))
    in_time = {e.id for e in events if e.recorded >= 0 and e.listed - e.recorded <= OVERLAP}
    assert in_time <= set(shown)


def test_what_was_recorded_before_is_not_shown_and_what_is_at_that_moment_is() -> None:
    events = [Late("before", "a", -0.000001, -0.0), Late("at", "a", 0, 0)]
    assert [e.id for e in followed(FakeApi(events), until=50)] == ["at"]


def test_a_late_event_is_shown_as_soon_as_it_is_listed_within_ten_seconds() -> None:
    api = FakeApi([Late("x", "a", 100, 109)])
    [event] = followed(api, until=115, interval=2.0)
    assert event.id == "x"


def test_a_type_that_comes_while_all_are_followed_is_followed_from_its_first_event() -> None:
    events = [Late("1", "a", 5, 5), Late("2", "new", 20, 60), Late("3", "new", 55, 58)]
    assert [e.id for e in followed(FakeApi(events), until=120)] == ["1", "3", "2"]


def test_one_looks_events_are_in_order_across_types() -> None:
    events = [Late(f"{n:02}", TYPES[n % 2], n / 10, 0) for n in range(20)]
    assert [e.id for e in followed(FakeApi(events, page=3), "b", "a", until=30)] == sorted(
        event.id for event in events
    )


def test_a_quiet_type_is_not_listed() -> None:
    api = FakeApi([Late("1", "a", 1, 1), Late("2", "b", 500, 500)])
    list(followed(api, until=900))
    listed = [dict(r.query)["type"] for r in api.requests if r.path == "/events"]
    assert 0 < listed.count("a") < 40
    assert len([r for r in api.requests if r.path == "/types"]) > 300


def test_since_may_be_how_long_ago_by_the_clock_of_the_api() -> None:
    events = [Late("old", "a", -100, -100), Late("recent", "a", -30, -30)]
    api = FakeApi(events)
    shown = [e.id for e in followed(api, until=30, since=timedelta(seconds=60))]
    assert shown == ["recent"]
    api = FakeApi([*events, Late("new", "a", 10, 10)])
    assert [e.id for e in followed(api, until=30, since=None)] == ["new"]


def test_a_fault_that_may_pass_is_told_and_another_ends_it() -> None:
    told: list[str] = []
    api = FakeApi([Late("1", "a", 1, 1)], down=frozenset({0, 3}))
    shown = list(followed(api, until=60, on_trouble=lambda error: told.append(str(error))))
    assert [event.id for event in shown] == ["1"]
    assert told == ["https://api.test cannot be reached: down"] * 2
    with pytest.raises(UnreachableError):
        list(followed(FakeApi([], down=frozenset({2})), until=60))
    dialogue = follow((), {}, retries=Retries())
    next(dialogue)
    with pytest.raises(UnexpectedAnswerError, match="no Date"):
        dialogue.send(Answer(200, {}, '{"types":[],"next_cursor":null}'))


def test_ids_are_forgotten_when_no_look_reads_so_far_back() -> None:
    window = Window(since=BEGAN, overlap=timedelta(seconds=OVERLAP))
    for second in range(0, 10_000, 2):
        now = BEGAN + timedelta(seconds=second)
        window.begin(now)
        window.is_new(
            Event.of(
                event_json(str(second)).replace("2026-01-01T00:00:00.000000Z", format_utc(now))
            )
        )
        window.end()
    assert window.remembered <= (OVERLAP + 30 + 2) / 2
