"""The by-type projection on the real engine: whatever is delivered how often, it equals the log."""

import json
import random
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.dynamodb_payloads import DynamoDBPayloads
from domain.event import Event
from domain.item import Item, item_of
from projections.by_type import ByTypeProjection
from projections.by_type_listing import ByTypeListing, Listing
from projections.by_type_queries import ByTypeQueries
from projections.by_type_rows import sort_key
from tests.builders import an_event, ids, types
from tests.tables import Tables

SHARDS = 4


class View:
    """A projection and a listing over one by-type table."""

    def __init__(self, tables: Tables, *, shards: int = SHARDS, writer: Any = None) -> None:
        self.tables = tables
        self.client: Any = tables.client
        self.projection = ByTypeProjection(
            writer or tables.client,
            table=tables.events_by_type,
            shards=shards,
            sleep=lambda _: None,
        )
        self.listing = ByTypeListing(
            ByTypeQueries(tables.client, table=tables.events_by_type),
            shards=shards,
            payloads=DynamoDBPayloads(tables.client, table=tables.events),
        )

    def project(self, events: list[Event]) -> list[Event]:
        """Put events; gives back those that were not taken."""
        return [unprojected.event for unprojected in self.projection.project(events)]

    def log(self, events: list[Event]) -> None:
        for event in events:
            item: Any = item_of(event)
            self.client.put_item(TableName=self.tables.events, Item=item)

    def walk(self, listing: Listing, *, limit: int = 1000) -> list[str]:
        """The ids of a whole listing, page by page."""
        found: list[str] = []
        after = None
        while True:
            page = self.listing.page(listing, after=after, limit=limit, max_bytes=10**9)
            assert len(page.events) <= limit
            found += [json.loads(text)["id"] for text in page.events]
            after = page.next
            if after is None:
                return found


@pytest.fixture
def view(tables: Tables) -> View:
    return View(tables)


def at(microseconds: int) -> str:
    return f"2026-11-23T10:00:00.{microseconds:06d}Z"


def events(count: int, *, type: str = "t", payload: str = "1", ties: int = 1) -> list[Event]:
    return [
        an_event(f"e{n:05d}", type=type, payload_text=payload).recorded(at=at(n // ties))
        for n in range(count)
    ]


@pytest.mark.parametrize("limit", [1, 3, 7, 50, 1000])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_give_every_event_once_in_order(view: View, limit: int, descending: bool) -> None:
    view.project(events(61, ties=5))
    expected = [f"e{n:05d}" for n in range(61)]
    if descending:
        expected.reverse()
    assert view.walk(Listing(type="t", descending=descending), limit=limit) == expected


def test_bounds_include_the_start_and_exclude_the_end(view: View) -> None:
    view.project(events(10))
    listing = Listing(type="t", start=at(3), end=at(6), descending=False)
    assert view.walk(listing, limit=2) == ["e00003", "e00004", "e00005"]
    assert view.walk(Listing(type="t", start=at(3), end=at(3))) == []


def test_a_walk_neither_skips_nor_repeats_while_events_arrive_on_both_sides(view: View) -> None:
    old = events(40)
    view.project(old[10:30])
    page = view.listing.page(Listing(type="t"), after=None, limit=5, max_bytes=10**9)
    seen = [json.loads(text)["id"] for text in page.events]
    arriving = random.Random(7).sample([*old[:10], *old[30:]], 20)  # noqa: S311
    while page.next is not None:
        view.project([arriving.pop()])
        page = view.listing.page(Listing(type="t"), after=page.next, limit=5, max_bytes=10**9)
        seen += [json.loads(text)["id"] for text in page.events]
    assert len(seen) == len(set(seen))
    assert [id for id in seen if "e00010" <= id < "e00030"] == [
        f"e{n:05d}" for n in reversed(range(10, 30))
    ]


def test_types_that_begin_alike_or_hold_separators_do_not_mix(view: View) -> None:
    for number, type in enumerate(("a", "a#1", "a#1#2", "types", "a/b", "é" * 256, "%23")):
        view.project([an_event(f"{number}", type=type).recorded(at=at(number))])
    for number, type in enumerate(("a", "a#1", "a#1#2", "types", "a/b", "é" * 256, "%23")):
        assert view.walk(Listing(type=type)) == [f"{number}"]


def test_big_payloads_are_read_from_the_log_and_those_it_has_no_more_are_left_out(
    view: View,
) -> None:
    big = [
        an_event(f"e{n}", type="t", payload_text=json.dumps({"n": n, "x": "y" * 2_000}))
        for n in range(130)
    ]
    recorded = [event.recorded(at=at(n)) for n, event in enumerate(big)]
    view.log([*recorded[:50], *recorded[51:]])
    view.project(recorded)
    page = view.listing.page(
        Listing(type="t", descending=False), after=None, limit=1000, max_bytes=10**9
    )
    expected = [event.to_json() for event in recorded if event.id != "e50"]
    assert page.events == expected
    assert len(view.walk(Listing(type="t"), limit=9)) == 129


def test_a_page_ends_early_at_its_bytes_and_goes_on_behind_its_last_event(view: View) -> None:
    big = [
        an_event(f"e{n}", type="t", payload_text='"' + "é" * 100_000 + '"').recorded(at=at(n))
        for n in range(30)
    ]
    view.log(big)
    view.project(big)
    found: list[str] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = view.listing.page(Listing(type="t"), after=after, limit=100, max_bytes=3_000_000)
        assert sum(len(json.dumps(text)) for text in page.events) <= 3_000_000
        found += [json.loads(text)["id"] for text in page.events]
        after, pages = page.next, pages + 1
    assert found == [f"e{n}" for n in reversed(range(30))]
    assert pages == 8
    page = view.listing.page(Listing(type="t"), after=None, limit=100, max_bytes=1)
    assert len(page.events) == 1


def test_types_are_listed_with_their_first_and_last_event(view: View) -> None:
    view.project([an_event(f"{n}", type=f"t{n % 3}").recorded(at=at(n)) for n in range(30)])
    first = view.listing.types(after=None, limit=2)
    rest = view.listing.types(after=first.next, limit=2)
    expected = [(f"t{n}", at(n), at(27 + n)) for n in range(3)]
    assert [(t.type, t.first, t.last) for t in [*first.types, *rest.types]] == expected
    assert (rest.next, rest.first) == (None, "t2")
    back = view.listing.types(after=rest.first, limit=2, descending=True)
    assert ([t.type for t in back.types], back.next) == (["t1", "t0"], None)


def test_a_page_costs_the_same_calls_and_bytes_in_a_small_and_a_large_table(
    tables: Tables,
) -> None:
    view = View(tables)
    costs = []
    for count in (300, 6_000):
        view.project(events(count, payload='"' + "x" * 600 + '"'))
        with counted(view) as calls:
            page = view.listing.page(Listing(type="t"), after=None, limit=50, max_bytes=10**9)
        assert len(page.events) == 50
        costs.append(calls)
    (small_calls, small_bytes), (large_calls, large_bytes) = costs
    assert small_calls == large_calls == SHARDS
    assert abs(large_bytes - small_bytes) <= 0.1 * small_bytes


class counted:  # noqa: N801  # reads as a statement where it is used
    """Counts Query calls and their answers' bytes at the client."""

    def __init__(self, view: View) -> None:
        self._events = view.client.meta.events
        self._sizes: list[int] = []

    def __enter__(self) -> "counted":
        self._events.register("after-call.dynamodb.Query", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._events.unregister("after-call.dynamodb.Query", self._note)

    def _note(self, http_response: Any, **_: object) -> None:
        self._sizes.append(len(http_response.content))

    def __iter__(self) -> Any:
        return iter((len(self._sizes), sum(self._sizes)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(ids, min_size=1, max_size=20, unique=True),
    types,
    st.lists(st.integers(0, 19), max_size=60),
    st.integers(1, 5),
    st.data(),
)
def test_any_delivery_that_ends_complete_converges_to_the_log(
    view: View, some_ids: list[str], type: str, order: list[int], shards: int, data: st.DataObject
) -> None:
    """Any order, redelivery, batch boundaries, projector restarts and clock ties."""
    type = f"{uuid.uuid4()}{type}"[:256]  # not drawn: each run of an example has its own
    log = [an_event(id, type=type).recorded(at=at(data.draw(st.integers(0, 3)))) for id in some_ids]
    delivered = [log[n % len(log)] for n in order]
    remaining = [event for event in log if event not in delivered]
    delivered += data.draw(st.permutations(remaining))
    fresh = View(view.tables, shards=shards)
    while delivered:
        size = data.draw(st.integers(1, 30))
        batch, delivered = delivered[:size], delivered[size:]
        assert fresh.project(batch) == []
        if data.draw(st.booleans()):
            fresh = View(view.tables, shards=shards)
    in_order = sorted(log, key=sort_key)
    listing = Listing(type=type, descending=False)
    assert fresh.walk(listing, limit=data.draw(st.integers(1, 7))) == [e.id for e in in_order]


def test_more_shards_list_what_fewer_wrote_and_a_replay_shows_nothing_twice(
    tables: Tables,
) -> None:
    View(tables, shards=2).project(events(30))
    wider = View(tables, shards=8)
    wider.project(events(30))
    assert wider.walk(Listing(type="t", descending=False), limit=4) == [
        f"e{n:05d}" for n in range(30)
    ]


class Unprocessing:
    """A client that takes at most so many puts a call, and refuses one sort key's end for good."""

    def __init__(self, client: Any, *, most: int = 25, refused: str = "") -> None:
        self._client, self.most, self._refused = client, most, refused

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> Any:  # noqa: N803
        [(table, requests)] = RequestItems.items()
        items: list[Item] = [request["PutRequest"]["Item"] for request in requests]
        if self._refused and any(item["sk"]["S"].endswith(self._refused) for item in items):
            error = {"Error": {"Code": "ValidationException", "Message": "refused"}}
            raise ClientError(error, "BatchWriteItem")  # type: ignore[arg-type]
        taken, left = requests[: self.most], requests[self.most :]
        if taken:
            self._client.batch_write_item(RequestItems={table: taken})
        return {"UnprocessedItems": {table: left} if left else {}}


def test_unprocessed_items_are_put_again_until_none_is_left(tables: Tables) -> None:
    view = View(tables, writer=Unprocessing(tables.client, most=7))
    assert view.project(events(24)) == []
    assert len(view.walk(Listing(type="t"))) == 24


def test_items_that_stay_unprocessed_are_named(tables: Tables) -> None:
    batch = events(24)
    view = View(tables, writer=Unprocessing(tables.client, most=2))
    unwritten = view.project(batch)
    assert len(unwritten) == 24 - (2 * 5 - 1)  # five tries; the type's entry is one of the puts
    listed = view.walk(Listing(type="t", descending=False))
    assert listed == [event.id for event in batch if event not in unwritten]


def test_a_row_that_is_refused_for_good_keeps_no_other_from_being_put(tables: Tables) -> None:
    batch = events(60)
    view = View(tables, writer=Unprocessing(tables.client, refused="e00033"))
    assert [event.id for event in view.project(batch)] == ["e00033"]
    assert len(view.walk(Listing(type="t"))) == 59


def test_a_type_whose_entry_was_not_written_is_tried_again_with_its_next_event(
    tables: Tables,
) -> None:
    writer = Unprocessing(tables.client, most=0)
    view = View(tables, writer=writer)
    assert len(view.project(events(2))) == 2
    writer.most = 25
    assert view.project(events(2)) == []
    assert [seen.type for seen in view.listing.types(after=None, limit=10).types] == ["t"]
