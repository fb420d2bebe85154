"""Search on the whole stack: from POST to a query in OpenSearch, and what a fault leaves behind."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.docs.command_rules import transcript
from tests.docs.documents import DOCUMENTS, samples
from tests.docs.session import session
from tests.opensearch import SearchEngine
from tests.stack.commands import run_command
from tests.stack.forwarder import REFUSAL, Forwarder, forwarding
from tests.stack.local_stack import LocalStack, started
from tests.stack.searchable import (
    Engine,
    Event,
    awkward_events,
    by_month,
    by_repository,
    varied_events,
)

SEARCHABLE_SECONDS = 5
CAUGHT_UP_SECONDS = 30
DOWN_SECONDS = 4
LISTED_SECONDS = 2


@dataclass(frozen=True)
class SearchStack:
    """A stack with search, the way to its engine, and the engine."""

    stack: LocalStack
    way: Forwarder
    engine: Engine

    def parked(self) -> Any:
        """What `eventlog parked` tells."""
        return run_command("parked", "--data", str(self.stack.data), cwd=self.stack.data)

    def append(self, events: list[Event]) -> None:
        """Post a batch, of which every event is new."""
        results = self.stack.post(events).raise_for_status().json()["results"]
        assert {result["status"] for result in results} == {"created"}


@pytest.fixture(scope="module")
def searching(tmp_path_factory: pytest.TempPathFactory, opensearch: str) -> Iterator[SearchStack]:
    """One stack for all of these tests."""
    data = tmp_path_factory.mktemp("search")
    with forwarding(opensearch) as way, closing(Engine(opensearch)) as engine:
        SearchEngine(opensearch).empty()
        running = started(data, "--search", "--opensearch-endpoint", way.address)
        with running as stack:
            yield SearchStack(stack, way, engine)


def test_events_of_any_shape_are_found_within_5_seconds_of_the_last_201(
    searching: SearchStack,
) -> None:
    events = varied_events(200)
    all_events = [*events, *awkward_events()]
    searching.append(all_events)
    searching.engine.await_all([one["id"] for one in all_events], within=SEARCHABLE_SECONDS)
    assert searching.parked() == (0, {"records": 0, "groups": []})


def test_the_documents_samples_of_search_answer_as_they_say(
    searching: SearchStack, tmp_path: Path
) -> None:
    marked = [one for file in DOCUMENTS for one in samples(file) if "search" in one.fence.marks]
    assert marked
    with session(searching.stack, tmp_path) as run:
        assert [fault for one in marked for fault in transcript(run, one)] == []


def test_the_stack_tells_where_search_is(searching: SearchStack) -> None:
    address = searching.stack.facts["opensearch"]
    assert address == searching.way.address
    assert any(f"OpenSearch is at {address}," in line for line in searching.stack.lines)


def test_each_is_found_by_what_its_payload_says(searching: SearchStack) -> None:
    for event in varied_events(200)[::10]:
        payload, id = event["payload"], event["id"]
        order, line = payload["order"], payload["lines"][0]
        exact = [
            {"term": {"payload.repository.full_name": payload["repository"]["full_name"]}},
            {"term": {"payload.order.number": order["number"]}},
            {"term": {"payload.sender.login": payload["sender"]["login"]}},
        ]
        around = {"gte": order["total"] - 0.005, "lte": order["total"] + 0.005}
        on_that_day = {"gte": order["placed_at"], "lte": order["placed_at"]}
        assert searching.engine.ids(*exact) == [id]
        assert id in searching.engine.ids({"match": {"text": line["title"].split()[0]}})
        assert id in searching.engine.ids({"range": {"number.order/total": around}})
        assert id in searching.engine.ids({"range": {"date.order/placed_at": on_that_day}})


def test_the_api_finds_it_too_and_gives_the_event_as_it_is_by_id(searching: SearchStack) -> None:
    query = {"q": "gift", "type": "varied.2", "filter": "payload.order.number:order-7"}
    found = searching.stack.client.get("/search", params=query).raise_for_status().json()
    assert found["events"] == [searching.stack.get("varied-7").json()]
    query["filter"] = "payload.order.number:order-8"
    assert searching.stack.client.get("/search", params=query).json()["events"] == []


def test_counts_by_name_and_by_month_are_those_of_what_was_appended(
    searching: SearchStack,
) -> None:
    events = varied_events(200)
    names = {"terms": {"field": "keyword.repository/full_name", "size": 100}}
    months = {
        "date_histogram": {
            "field": "date.order/placed_at",
            "calendar_interval": "month",
            "format": "yyyy-MM",
        }
    }
    engine = searching.engine
    assert engine.counts(names, of="varied-", key="key") == by_repository(events)
    assert engine.counts(months, of="varied-", key="key_as_string") == by_month(events)


def test_while_opensearch_is_down_the_listing_is_current_and_search_catches_up_by_itself(
    searching: SearchStack,
) -> None:
    type = f"down-{uuid.uuid4().hex[:8]}"
    ids: list[str] = []
    searching.way.down = True
    ends = time.monotonic() + DOWN_SECONDS
    try:
        while time.monotonic() < ends:
            ids.append(f"{type}-{len(ids)}")
            searching.append([{"id": ids[-1], "type": type, "payload": {"n": len(ids)}}])
            acknowledged = time.monotonic()
            searching.stack.walk_until(type, count=len(ids))
            assert time.monotonic() - acknowledged < LISTED_SECONDS
        assert searching.way.requests_while_down > 1
        assert searching.engine.missing(ids) == set(ids)
    finally:
        searching.way.down = False
    searching.engine.await_all(ids, within=CAUGHT_UP_SECONDS)
    assert searching.parked() == (0, {"records": 0, "groups": []})


def test_throttled_it_converges_and_what_is_refused_for_good_waits_for_a_redrive(
    searching: SearchStack,
) -> None:
    type = f"busy-{uuid.uuid4().hex[:8]}"
    ids = [f"{type}-{n}" for n in range(400)]
    refused = frozenset(ids[::40])
    searching.way.throttling, searching.way.refused = True, refused
    try:
        for start in range(0, len(ids), 50):
            batch = [{"id": id, "type": type, "payload": id} for id in ids[start:][:50]]
            searching.append(batch)
        searching.engine.await_all(set(ids) - refused, within=CAUGHT_UP_SECONDS)
        searching.stack.parked_until(count=len(refused))
        code, parked = searching.parked()
    finally:
        searching.way.throttling, searching.way.refused = False, frozenset()
    assert (code, parked["records"]) == (1, len(refused))
    assert {group["projection"] for group in parked["groups"]} == {"search"}
    assert all(REFUSAL["reason"] in group["reason"] for group in parked["groups"])
    assert searching.engine.missing(ids) == refused

    folder = ("--data", str(searching.stack.data))
    code, redriven = run_command("redrive", "search", *folder, cwd=searching.stack.data)
    assert (code, redriven["redriven"], redriven["kept"]) == (0, len(refused), [])
    searching.engine.await_all(ids, within=SEARCHABLE_SECONDS)
    assert searching.parked() == (0, {"records": 0, "groups": []})


NOT_USED_HERE = {
    "/_plugins/": "the engine here has no plugins",
    "-??-": "generations from the tenth on",
    "-???-": "generations from the hundredth on",
    "/aws/lambda/": "what Lambda gives up itself, which test_permissions lets it",
}
"""What of the grants no test uses, and why."""


def test_what_search_is_granted_is_what_it_uses(searching: SearchStack) -> None:
    """The last of these tests: it stops the stack."""
    assert searching.stack.stop() == 0
    report = json.loads((searching.stack.data / "iam-report.json").read_text())
    assert report["refused"] == []
    assert [
        one
        for one in report["unused"]
        if one["role"].startswith("Search")
        and not any(part in one["resource"] for part in NOT_USED_HERE)
    ] == []
