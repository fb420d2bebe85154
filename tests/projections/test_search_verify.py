"""Verifying search on the real engines: each planted difference is named, and repaired if asked."""

import copy
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.event import Event
from domain.timestamps import format_utc
from projections.differences import Difference, Verified, Young
from projections.opensearch import OpenSearch
from projections.search_admin import SearchAdmin
from projections.search_documents import SearchDocuments
from projections.search_kept_months import KeptMonths
from projections.search_names import ALIAS, document_id, index_name
from projections.search_verify import Searched, verify
from projections.stream import Unprojected
from tests.builders import an_event
from tests.projections.replays import append, events, put
from tests.projections.search_replays import (
    delete_document,
    documents,
    projection,
    put_document,
)
from tests.tables import Tables

STRANGE = [
    '{"n":[1e400,-0.0,0.10,1E5,1.0,1180591620717411303424,0.12345678901234567890]}',
    '{"":{"a.b":"","c/d":"%","*":[true,null,{"x":["2026-01-01","y"]}]}}',
    '"' + "x" * 40_000 + '"',
    "[[1,[2]],{}]",
    "null",
]
LOG = [
    *events(30),
    an_event("é" * 256).recorded(at="2026-10-31T23:59:59.999999Z"),
    *(
        an_event(f"strange {n}", payload_text=text).recorded(at="2026-11-01T00:00:00.000000Z")
        for n, text in enumerate(STRANGE)
    ),
]
ONE = LOG[1]


@pytest.fixture
def full(search: OpenSearch, tables: Tables) -> Tables:
    """A log that is projected."""
    append(tables, LOG)
    assert projection(search)(LOG) == []
    return tables


def run_verify_of(
    tables: Tables,
    search: OpenSearch,
    *,
    lag: float = 60,
    mend: bool = False,
    kept: KeptMonths | None = None,
) -> tuple[Verified, set[tuple[str, str, str]]]:
    """The outcome, and each difference as kind, of what, and id, or key if it has no id."""
    found: list[Difference] = []
    verified = verify(
        Searched(
            tables.client,
            tables.events,
            SearchAdmin(search),
            projection(search),
            kept=kept or KeptMonths(),
        ),
        young=Young.at(datetime.now(UTC), lag=timedelta(seconds=lag)),
        segments=2,
        found=found.append,
        progress=lambda _stage, _items: None,
        mend=mend,
    )
    named = {(str(one.kind), str(one.of), one.id or str(one.key)) for one in found}
    assert len(named) == len(found) == sum(verified.differences.values())
    return verified, named


def place(event: Event) -> tuple[str, str]:
    return index_name(1, event.recorded_at), document_id(event.id)


Source = dict[str, Any]
Planted = set[tuple[str, str, str]]
Plant = Callable[[OpenSearch, Event, Source], Planted]


def changed(how: Callable[[Source], Any]) -> Plant:
    """The event's document is something else."""

    def plant(search: OpenSearch, event: Event, source: Source) -> Planted:
        how(source)
        put_document(search, *place(event), source)
        return {("different", "document", event.id)}

    return plant


def copied(index: str | None = None, **of: str) -> Plant:
    """There is a second document, elsewhere or as that of another event."""

    def plant(search: OpenSearch, event: Event, source: Source) -> Planted:
        source["event"] |= of
        put_document(search, index or place(event)[0], of.get("id", "another"), source)
        return {("extra", "document", source["event"]["id"])}

    return plant


def missing(search: OpenSearch, event: Event, _: Source) -> Planted:
    delete_document(search, *place(event))
    return {("missing", "document", event.id)}


def missing_and_extra(search: OpenSearch, event: Event, source: Source) -> Planted:
    """Of one hour, so that their numbers are equal."""
    return copied(id="another ghost")(search, event, source) | missing(search, event, source)


def junk(search: OpenSearch, event: Event, _: Source) -> Planted:
    index = place(event)[0]
    put_document(search, index, "junk", {"x": 1})
    put_document(search, index, "more", {"event": {"created": event.recorded_at}})
    return {("extra", "document", str((index, id))) for id in ("junk", "more")}


PLANTED: dict[str, Plant] = {
    "missing": missing,
    "payload changed": changed(lambda source: source.update(payload={"value": "y"})),
    "hash changed": changed(lambda source: source["event"].update(hash="0" * 64)),
    "typed field changed": changed(lambda source: source["keyword"].update(value="y")),
    "typed field lacking, and not said": changed(lambda source: source.pop("keyword")),
    "said to lack what it has": changed(lambda source: source.update(degraded=["index-fields"])),
    "time changed": changed(
        lambda source: source["event"].update(created="2026-11-07T00:00:00.000000Z")
    ),
    "all changed": changed(lambda source: [source.pop(name) for name in list(source)]),
    "of no event": copied(id="ghost"),
    "under another _id": copied(),
    "in the index of another month": copied(f"{ALIAS}-1-2026.09"),
    "of no known form": junk,
    "one missing and one extra of an hour": missing_and_extra,
}
SMALL = [event for event in LOG[:30] if len(event.payload) < 1_000]


def test_each_planted_difference_is_named_and_repaired(full: Tables, search: OpenSearch) -> None:
    """The payloads are of every kind: what OpenSearch gives back must be what was sent."""
    equal = (Verified(len(LOG), len(LOG), 0, {}), set[tuple[str, str, str]]())
    assert run_verify_of(full, search) == equal
    before = documents(search)
    differences: Planted = set()
    for plant, event in zip(PLANTED.values(), SMALL, strict=False):
        differences |= plant(search, event, copy.deepcopy(before[event.id]))
    SearchAdmin(search).ask("DELETE", f"/{ALIAS}-1-2026.10")
    differences.add(("missing", "document", "é" * 256))
    for mend in (False, True):  # the first changes nothing
        verified, named = run_verify_of(full, search, mend=mend)
        assert not verified.equal
        assert named == differences
    assert run_verify_of(full, search) == equal
    assert documents(search) == before


def test_a_document_without_fields_that_found_no_room_is_right(
    full: Tables, search: OpenSearch
) -> None:
    source = documents(search)[ONE.id]
    source.pop("keyword")
    put_document(search, *place(ONE), {**source, "degraded": ["index-fields"]})
    assert run_verify_of(full, search)[1] == set()


def test_nothing_is_there_before_anything_is_projected(tables: Tables, search: OpenSearch) -> None:
    append(tables, LOG)
    verified, _ = run_verify_of(tables, search, mend=True)
    assert verified.differences == {"missing": len(LOG)}
    assert run_verify_of(tables, search)[0] == Verified(len(LOG), len(LOG), 0, {})


def test_an_item_of_the_log_that_is_no_event_is_named_and_left_there(
    full: Tables, search: OpenSearch
) -> None:
    put(full, full.events, [{"id": {"S": "no event"}}])
    append(full, [replace(ONE, id="timeless", recorded_at="yesterday")])
    for _ in range(2):
        _, named = run_verify_of(full, search, mend=True)
        assert named == {
            ("unreadable", "event", "no event"),
            ("missing", "document", "timeless"),
        }


def test_months_that_are_not_kept_are_left_out_and_no_difference_if_they_are_there(
    full: Tables, search: OpenSearch
) -> None:
    assert KeptMonths.at(datetime(2026, 11, 25, tzinfo=UTC), months=0) == KeptMonths(None)
    kept = KeptMonths.at(datetime(2027, 1, 31, tzinfo=UTC), months=2)
    assert kept == KeptMonths("2026.11")
    put_into: list[Event] = []

    def project(some: list[Event]) -> list[Unprojected]:
        put_into.extend(some)
        return []

    assert kept.of(project)(LOG) == []
    assert put_into == [event for event in LOG if event.recorded_at >= "2026-11"]
    for gone in (False, True):
        if gone:
            SearchAdmin(search).ask("DELETE", f"/{ALIAS}-1-2026.10")
        verified, named = run_verify_of(full, search, kept=kept)
        assert (verified.log_events, verified.expired) == (len(LOG) - 1, 1)
        assert named == set()


def test_events_younger_than_the_lag_are_left_out_on_both_sides(
    full: Tables, search: OpenSearch
) -> None:
    now = format_utc(datetime.now(UTC))
    young = events(6, first=100, recorded_at=now)
    append(full, young[:4])
    projection(search)(young[2:])
    assert run_verify_of(full, search) == (Verified(len(LOG), len(LOG), 4, {}), set())
    _, named = run_verify_of(full, search, lag=-3600)
    assert named == {
        *(("missing", "document", event.id) for event in young[:2]),
        *(("extra", "document", event.id) for event in young[4:]),
    }


def test_traffic_makes_no_difference(full: Tables, search: OpenSearch) -> None:
    ended = threading.Event()
    live = projection(search)

    def traffic() -> int:
        number = 1_000
        while not ended.is_set():
            batch = events(5, first=number, recorded_at=format_utc(datetime.now(UTC)))
            append(full, batch)
            live(batch)
            number += 5
        return number

    with ThreadPoolExecutor(1) as threads:
        appending = threads.submit(traffic)
        try:
            for _ in range(3):
                verified, named = run_verify_of(full, search)
                assert (verified.log_events, named) == (len(LOG), set())
        finally:
            ended.set()
        assert appending.result() > 1_000


def test_an_hour_is_walked_whole_in_pages(search: OpenSearch) -> None:
    """A page ends between two documents of one event as well."""
    at = "2026-11-01T05:00:00.000000Z"
    index = index_name(1, at)
    SearchAdmin(search).create_index(index)
    for n in range(7):
        put_document(search, index, f"d{n}", {"event": {"id": f"e{n // 2}", "created": at}})
    young = Young.at(datetime.now(UTC), lag=timedelta(0))
    walked = SearchDocuments(SearchAdmin(search), young=young, page=3)
    pages = list(walked.in_hour(index, "2026-11-01T05"))
    assert sorted(one.key[1] for page in pages for one in page) == [f"d{n}" for n in range(7)]
    assert len(pages) > 2
