"""The soak can fail: each thing that may be wrong with an outcome is found and named."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest

from domain.event import Event
from tests.builders import an_event
from tests.soak.checker import GIVEN_UP, Finding, Outcome, findings
from tests.soak.ledger import Acknowledged
from tests.soak.outcome import ParkedRecord, Stored
from tests.soak.rules import CURSED, POISON

AT = "2026-11-23T10:00:{:02}.000000Z"
PARKED_AT = "2026-11-23T10:05:00.000Z"
EVENTS = {
    name: an_event(name).recorded(at=AT.format(second))
    for second, name in enumerate(("a", "b", f"{POISON}1", f"{CURSED}1"))
}
JUNK = "junk-0"


def parked(id: str, reason: str) -> ParkedRecord:
    return ParkedRecord(id, reason, f"parked/{id}", PARKED_AT)


def good() -> Outcome:
    """A soak in which two events were parked for their causes and redriven, and junk stays."""
    junk = parked(JUNK, "unreadable: no hash")
    return Outcome(
        sent={id: event.hash for id, event in EVENTS.items()},
        junk=frozenset({JUNK}),
        acknowledged={
            id: Acknowledged(event.hash, event.recorded_at, 1) for id, event in EVENTS.items()
        },
        surprises=[],
        faulted={"a": 9, "b": 3},
        taken=frozenset({"a", "b"}),
        outages=[],
        retries=3,
        drained=Stored(
            events=dict(EVENTS),
            unreadable={JUNK},
            rows=Counter({"a": 1, "b": 1}),
            parked=[
                parked(f"{POISON}1", "refused: ValidationException"),
                parked(f"{CURSED}1", GIVEN_UP),
                junk,
            ],
        ),
        final=Stored(
            events=dict(EVENTS),
            unreadable={JUNK},
            rows=Counter(dict.fromkeys(EVENTS, 1)),
            parked=[junk],
        ),
        listed=[listed(event) for event in reversed(EVENTS.values())],
        differences=[{"kind": "unreadable", "of": "event", "id": JUNK}],
    )


def listed(event: Event) -> dict[str, Any]:
    return asdict(event)


def with_final(outcome: Outcome, **changed: Any) -> Outcome:
    return replace(outcome, final=replace(outcome.final, **changed))


def with_drained(outcome: Outcome, **changed: Any) -> Outcome:
    return replace(outcome, drained=replace(outcome.drained, **changed))


def without(events: dict[str, Event], id: str) -> dict[str, Event]:
    return {other: event for other, event in events.items() if other != id}


def test_a_good_outcome_has_no_finding() -> None:
    assert findings(good()) == []


TAMPERED: dict[str, tuple[Callable[[Outcome], Outcome], Finding]] = {
    "an acknowledged event is not in the log": (
        lambda o: with_final(o, events=without(o.final.events, "a")),
        Finding("lost", "a was acknowledged and is not in the log"),
    ),
    "an event was overwritten": (
        lambda o: with_final(o, events=o.final.events | {"a": EVENTS["b"]}),
        Finding("unexplained", "a is not in the log as it was acknowledged"),
    ),
    "an event was acknowledged at another time": (
        lambda o: replace(
            o,
            acknowledged={
                **o.acknowledged,
                "a": replace(o.acknowledged["a"], recorded_at=AT.format(59)),
            },
        ),
        Finding("unexplained", "a is not in the log as it was acknowledged"),
    ),
    "an event was created twice": (
        lambda o: replace(
            o, acknowledged={**o.acknowledged, "a": replace(o.acknowledged["a"], created=2)}
        ),
        Finding("duplicated", "a was created 2 times"),
    ),
    "an event was never acknowledged": (
        lambda o: replace(o, acknowledged={k: v for k, v in o.acknowledged.items() if k != "a"}),
        Finding("unexplained", "a was sent and never acknowledged"),
    ),
    "the log has an event that nobody sent": (
        lambda o: replace(o, sent={k: v for k, v in o.sent.items() if k != "a"}),
        Finding("unexplained", "a is in the log and was not sent so"),
    ),
    "the projector lost an event that a rebuild has mended": (
        lambda o: replace(o, taken=frozenset({"a"})),
        Finding("lost", "b is neither projected nor parked before the redrive"),
    ),
    "a row is missing at last": (
        lambda o: with_final(o, rows=Counter(dict.fromkeys(("a", *list(EVENTS)[2:]), 1))),
        Finding("lost", "b is neither projected nor parked at last"),
    ),
    "an event has two rows": (
        lambda o: with_final(o, rows=o.final.rows + Counter({"a": 1})),
        Finding("duplicated", "a has 2 rows at last"),
    ),
    "a row has no event": (
        lambda o: with_final(o, rows=o.final.rows + Counter({"ghost": 1})),
        Finding("unexplained", "ghost is projected and is no event at last"),
    ),
    "an event is parked for no reason": (
        lambda o: with_drained(
            o, parked=[*o.drained.parked, parked("a", "refused: ValidationException")]
        ),
        Finding("unexplained", "parked/a is parked for refused: ValidationException"),
    ),
    "an event was given up after too few failures": (
        lambda o: with_drained(o, parked=[*o.drained.parked, parked("b", GIVEN_UP)]),
        Finding("unexplained", f"parked/b is parked for {GIVEN_UP}"),
    ),
    "an event was given up for its age": (
        lambda o: with_drained(o, parked=[*o.drained.parked, parked("a", "RecordAgeExceeded")]),
        Finding("unexplained", "parked/a is parked for RecordAgeExceeded"),
    ),
    "junk is parked as an event": (
        lambda o: with_drained(o, parked=[*o.drained.parked, parked("a", "unreadable: hash")]),
        Finding("unexplained", "parked/a is parked for unreadable: hash"),
    ),
    "an event stays parked": (
        lambda o: with_final(o, parked=[parked(f"{POISON}1", "refused: ValidationException")]),
        Finding("unexplained", f"parked/{POISON}1 stays parked: refused: ValidationException"),
    ),
    "an event is not listed": (
        lambda o: replace(o, listed=o.listed[1:]),
        Finding("lost", f"{CURSED}1 is not listed"),
    ),
    "an event is listed twice": (
        lambda o: replace(o, listed=[o.listed[0], *o.listed]),
        Finding("duplicated", f"{CURSED}1 is listed 2 times"),
    ),
    "an event is listed with other content": (
        lambda o: replace(o, listed=[*o.listed[:-1], {**o.listed[-1], "hash": "f" * 64}]),
        Finding("unexplained", "a is listed and was not sent so"),
    ),
    "the listing is out of order": (
        lambda o: replace(o, listed=[o.listed[1], o.listed[0], *o.listed[2:]]),
        Finding("unexplained", f"{CURSED}1 is listed behind an older event"),
    ),
    "verify finds a missing row": (
        lambda o: replace(
            o, differences=[*o.differences, {"kind": "missing", "of": "row", "id": "a"}]
        ),
        Finding("lost", "verify: missing row a"),
    ),
    "verify finds an extra row": (
        lambda o: replace(
            o, differences=[*o.differences, {"kind": "extra", "of": "row", "id": "a"}]
        ),
        Finding("unexplained", "verify: extra row a"),
    ),
    "verify does not name the junk": (
        lambda o: replace(o, differences=[]),
        Finding("unexplained", f"verify names {JUNK} as unreadable, or should"),
    ),
    "the junk is gone": (
        lambda o: with_final(o, unreadable=set()),
        Finding("unexplained", f"{JUNK} is unreadable or should be"),
    ),
    "an answer surprised": (
        lambda o: replace(o, surprises=["a got 400"]),
        Finding("unexplained", "a got 400"),
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_wrong_is_found_and_named(what: str) -> None:
    tamper, finding = TAMPERED[what]
    assert finding in findings(tamper(good()))


def test_what_lambda_gave_up_during_an_outage_is_explained() -> None:
    during = with_drained(good(), parked=[*good().drained.parked, parked("b", GIVEN_UP)])
    at = 1795428300.0
    assert findings(replace(during, outages=[(at - 20, at - 10)])) == []
    assert findings(replace(during, outages=[(at - 90, at - 80)])) != []


def test_what_failed_more_often_than_it_is_retried_is_explained() -> None:
    given_up = with_drained(good(), parked=[*good().drained.parked, parked("a", GIVEN_UP)])
    assert findings(given_up) == []
