"""One failure at a time, on the whole stack: what it costs, and that it leaves nothing behind.

The soak in tests/soak mixes all of them; here the figures are sharp.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, log2
from typing import Any

import httpx
import pytest

from tests.soak.journal import CALL, Entry, Journal
from tests.soak.machine import Machine, until
from tests.soak.outcome import read_stored
from tests.soak.rules import POISON, Rules, RulesFile, Shot

LISTED_SECONDS = 15.0
REPLAYED_SECONDS = 180.0
ACKNOWLEDGED_SECONDS = 60.0
BATCH = 500
PUTS_PER_CALL = 25


@dataclass(frozen=True)
class BreakableStack:
    """A stack whose workers' calls can be made to fail."""

    machine: Machine
    rules: RulesFile
    journal: Journal

    @contextmanager
    def under(self, rules: Rules) -> Iterator[None]:
        """Break what the rules say, within the block."""
        self.rules.write(rules)
        try:
            yield
        finally:
            self.rules.write(Rules())

    def append(self, ids: list[str], *, type: str) -> None:
        """Post events in batches, each again until every one of them is acknowledged."""
        with httpx.Client(base_url=self.machine.api, timeout=60) as client:
            for start in range(0, len(ids), BATCH):
                batch = [{"id": id, "type": type, "payload": id} for id in ids[start:][:BATCH]]
                until(
                    lambda: self._taken(client, batch),  # noqa: B023  # called within the turn
                    "all are acknowledged",
                    within=ACKNOWLEDGED_SECONDS,
                )

    def listed(self, type: str) -> list[dict[str, Any]]:
        """Every event of a type, walked page by page."""
        events: list[dict[str, Any]] = []
        query = {"type": type, "limit": "100"}
        with httpx.Client(base_url=self.machine.api, timeout=60) as client:
            while True:
                page = client.get("/events", params=query).raise_for_status().json()
                events += page["events"]
                if page["next_cursor"] is None:
                    return events
                query["cursor"] = page["next_cursor"]

    def until_listed(self, ids: list[str], *, type: str) -> None:
        """Wait until these are listed, each once, and no other."""
        until(
            lambda: len(self.listed(type)) >= len(ids), f"{type} is listed", within=LISTED_SECONDS
        )
        assert sorted(event["id"] for event in self.listed(type)) == sorted(ids)

    def journaled(self, ids: list[str]) -> list[Entry]:
        """The projector's calls, and the faults in them, that were about some of these events."""
        wanted = set(ids)
        return [
            one
            for one in self.journal.read()
            if one.where.startswith("by-type ") and wanted.intersection(one.ids)
        ]

    def calls(self, ids: list[str]) -> list[tuple[str, ...]]:
        """The ids of each put call of the projector that was about some of these events."""
        return [
            one.ids
            for one in self.journaled(ids)
            if (one.kind, one.where) == (CALL, "by-type BatchWriteItem")
        ]

    def _taken(self, client: httpx.Client, batch: list[dict[str, Any]]) -> bool:
        try:
            answer = client.post("/events", json=batch)
        except httpx.TransportError:
            return False
        if answer.status_code != 200:
            return False
        statuses = {result["status"] for result in answer.json()["results"]}
        return statuses <= {"created", "duplicate"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BreakableStack]:
    """One stack for all of these tests."""
    folder = tmp_path_factory.mktemp("breakable")
    rules, machine = RulesFile(folder), Machine(folder)
    rules.write(Rules())
    with machine.running():
        yield BreakableStack(machine, rules, Journal(folder))


def some_ids(count: int, *, prefix: str = "") -> list[str]:
    run = uuid.uuid4().hex[:8]
    return [f"{prefix}{run}-{number}" for number in range(count)]


def some_type() -> str:
    return f"type-{uuid.uuid4().hex[:8]}"


def test_with_5_percent_of_calls_failing_all_is_projected_with_few_extra_calls(
    stack: BreakableStack,
) -> None:
    ids, type = some_ids(1_500), some_type()
    kinds = ("throttled", "server-error", "unavailable", "connection-refused", "answer-lost")
    rates = {"by-type": dict.fromkeys(kinds, 0.01)}
    with stack.under(Rules(rates, counting=True)):
        stack.append(ids, type=type)
        stack.until_listed(ids, type=type)
    seen: set[str] = set()
    extra = 0
    for call in stack.calls(ids):
        extra += not seen.isdisjoint(call)
        seen.update(call)
    faults = [one for one in stack.journaled(ids) if one.is_fault]
    needed = len(stack.calls(ids)) - extra
    assert needed >= len(ids) / PUTS_PER_CALL
    assert 0 < len(faults) <= extra < 0.2 * needed


def test_a_poison_record_among_1000_is_parked_alone_and_listed_after_the_fix(
    stack: BreakableStack,
) -> None:
    good, [poison], type = some_ids(1_000), some_ids(1, prefix=POISON), some_type()
    ids = [*good[:500], poison, *good[500:]]
    with stack.under(Rules(refusing=True, counting=True)):
        stack.append(ids, type=type)
        stack.until_listed(good, type=type)
        until(lambda: poison in parked_ids(stack), "the poison is parked", within=LISTED_SECONDS)
        code, parked = stack.machine.run_command("parked")
    assert (code, parked["records"]) == (1, 1)
    [group] = parked["groups"]
    assert group["projection"] == "by-type"
    assert group["reason"].startswith("refused: ValidationException")
    _assert_retried_as_documented(stack, good, poison)

    assert stack.machine.run_command("redrive") == (
        0,
        {"dry_run": False, "redriven": 1, "kept": []},
    )
    stack.until_listed(ids, type=type)
    assert stack.machine.run_command("parked") == (0, {"records": 0, "groups": []})


def _assert_retried_as_documented(stack: BreakableStack, good: list[str], poison: str) -> None:
    """The call with the poison is halved until it is alone; all others are made once."""
    with_poison = stack.calls([poison])
    halvings = ceil(log2(PUTS_PER_CALL))
    assert len(with_poison) <= 1 + halvings
    assert with_poison[-1] == (poison,)
    neighbours = set(with_poison[0])
    times = Counter(id for call in stack.calls(good) for id in call)
    assert {times[id] for id in good if id not in neighbours} == {1}
    assert max(times[id] for id in neighbours) <= 1 + halvings


def parked_ids(stack: BreakableStack) -> set[str]:
    return {record.id for record in read_stored(stack.machine.stage()).parked}


@pytest.mark.parametrize("function", ["write", "by-type"])
@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_a_worker_killed_at_a_write_leaves_no_gap_and_no_double(
    stack: BreakableStack, function: str, moment: str
) -> None:
    ids, type = some_ids(60), some_type()
    kind = f"killed-{moment}-write"
    shot = Shot(f"{function}-{moment}-{uuid.uuid4()}", function, kind)
    with stack.under(Rules(shots=(shot,))):
        stack.append(ids, type=type)
        stack.until_listed(ids, type=type)
    [killed] = [one for one in stack.journal.read() if one.kind == kind and set(one.ids) & set(ids)]
    assert killed.where.startswith(function)
    stored = read_stored(stack.machine.stage())
    assert {stored.rows[id] for id in ids} == {1}
    assert stored.parked == []


def test_a_clock_that_goes_back_keeps_every_event_listed_once_in_order(
    stack: BreakableStack,
) -> None:
    before, during, after, type = some_ids(60), some_ids(60), some_ids(60), some_type()
    stack.append(before, type=type)
    with stack.under(Rules(clock_shift=-300)):
        stack.append(during, type=type)
    stack.append(after, type=type)
    stack.until_listed([*before, *during, *after], type=type)
    listed = stack.listed(type)
    times = [event["recorded_at"] for event in listed]
    assert times == sorted(times, reverse=True)
    assert {event["id"] for event in listed[-60:]} == set(during)
    assert _verified_as_equal(stack)


def test_records_that_come_again_after_a_crash_change_nothing(stack: BreakableStack) -> None:
    ids, type = some_ids(300), some_type()
    stack.append(ids, type=type)
    stack.until_listed(ids, type=type)
    with stack.under(Rules(counting=True)):
        stack.machine.replay()
        until(lambda: set(ids) <= projected_again(stack, ids), "replayed", within=REPLAYED_SECONDS)
        stack.until_listed(ids, type=type)
    assert _verified_as_equal(stack)


def projected_again(stack: BreakableStack, ids: list[str]) -> set[str]:
    return {id for call in stack.calls(ids) for id in call}


def _verified_as_equal(stack: BreakableStack) -> bool:
    code, verified = stack.machine.run_command("verify", "by-type", "--lag", "0")
    return (code, verified["differences"]) == (0, {})
