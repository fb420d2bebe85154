"""A seed makes a plan: what is sent and what is broken can be had again."""

import json
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.soak.events import deliveries
from tests.soak.faults import FAULTS
from tests.soak.plan import ACTIONS, RATES, Load, plan_of
from tests.soak.rules import CURSED, POISON

TEN_MINUTES = 600


def test_a_seed_makes_the_same_plan_and_another_seed_another() -> None:
    assert plan_of(7, seconds=TEN_MINUTES) == plan_of(7, seconds=TEN_MINUTES)
    assert plan_of(7, seconds=TEN_MINUTES) != plan_of(8, seconds=TEN_MINUTES)


def test_a_seed_makes_the_same_events() -> None:
    first, again, other = (list(deliveries(n, Load(1, 500, singly=False))) for n in (7, 7, 8))
    assert first == again
    assert first != other


@given(seed=st.integers(0), seconds=st.floats(10, 900))
def test_every_plan_has_every_action_and_every_kind_of_phase(seed: int, seconds: float) -> None:
    plan = plan_of(seed, seconds=seconds)
    assert {phase.action for phase in plan.phases} == set(ACTIONS)
    assert {phase.name for phase in plan.phases} == set(RATES)


def test_every_kind_of_fault_is_planned() -> None:
    planned = {
        kind
        for phase in plan_of(7, seconds=TEN_MINUTES).phases
        for kind in [
            *(shot.kind for shot in phase.rules.shots),
            *(kind for rates in phase.rules.rates.values() for kind in rates),
        ]
    }
    assert planned | {"refused-for-good"} == set(FAULTS)


@settings(max_examples=20)
@given(seed=st.integers(0), singly=st.booleans())
def test_a_producer_sends_each_event_once_as_new_and_repeats_only_what_it_sent(
    *, seed: int, singly: bool
) -> None:
    known: dict[str, str] = {}
    for delivery in deliveries(seed, Load(0, 300, singly=singly)):
        for one in delivery:
            if one.expected == "new":
                assert one.id not in known
            elif one.expected == "again":
                assert known[one.id] == one.hash
            else:
                assert known[one.id] != one.hash
        known |= {one.id: one.hash for one in delivery if one.expected == "new"}
        json.dumps([one.members for one in delivery])
    assert len(known) == 300


def test_a_ten_minute_soak_sends_poison_and_more_events_than_it_must() -> None:
    plan = plan_of(7, seconds=TEN_MINUTES)
    ids = [
        one.id.partition("-")[0] + "-"
        for load in plan.loads
        for delivery in deliveries(plan.seed, load)
        for one in delivery
        if one.expected == "new"
    ]
    counts = Counter(ids)
    assert len(ids) >= 20_000
    assert counts[POISON] >= 20
    assert counts[CURSED] >= 4
