"""What the producers send: a pure function of the seed.

Invariant: an id has one content for good; another content under it is sent only as a conflict.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from domain.event import new_event
from domain.json_text import parse_items
from tests.soak.plan import Load
from tests.soak.rules import CURSED, POISON

TYPES = ("order.placed", "order.paid", "user#1", "größe/maß", "hot", "hot", "hot", "hot")
"""Types by how often they come; the hot one has half of all events."""

_BATCH = 40
_POISON_EVERY, _FIRST_POISON = 700, 30
_CURSED_EVERY, _FIRST_CURSED = 5_000, 60
_LARGE_EVERY = 200

Expected = Literal["new", "again", "conflict"]


@dataclass(frozen=True)
class Sent:
    """One event on its way: its JSON members, and what is to become of it."""

    members: dict[str, Any]
    expected: Expected

    @property
    def id(self) -> str:
        """The event's id."""
        return str(self.members["id"])

    @cached_property
    def hash(self) -> str:
        """The content's hash, as the log computes it."""
        [item] = parse_items(json.dumps(self.members))
        assert isinstance(item, dict)
        return new_event(item, default_id="").hash


def deliveries(seed: int, load: Load) -> Iterator[list[Sent]]:
    """One producer's requests in order.

    Some requests repeat events of earlier ones, or send other content under their ids.
    """
    chance = random.Random(f"{seed}/{load.producer}")  # noqa: S311  # to be repeatable
    known: list[Sent] = []
    while len(known) < load.events:
        size = 1 if load.singly else chance.randint(1, _BATCH)
        count = min(size, load.events - len(known))
        first = len(known)
        new = [_event(chance, f"{load.producer}-{first + n}", first + n + 1) for n in range(count)]
        repeated = [_again(chance, known)] if known and chance.random() < 0.1 else []
        known += new
        yield [*new, *repeated] if not load.singly else new
        if load.singly and repeated:
            yield repeated


def _event(chance: random.Random, name: str, number: int) -> Sent:
    prefix = ""
    if number % _POISON_EVERY == _FIRST_POISON:
        prefix = POISON
    elif number % _CURSED_EVERY == _FIRST_CURSED:
        prefix = CURSED
    size = 40_000 if number % _LARGE_EVERY == 0 else chance.choice((20, 200, 1_500))
    payload = {"n": number, "ratio": chance.random(), "text": "é" * chance.randrange(size)}
    type = chance.choice(TYPES)
    return Sent({"id": f"{prefix}{name}", "type": type, "payload": payload}, "new")


def _again(chance: random.Random, known: list[Sent]) -> Sent:
    earlier = chance.choice(known)
    if chance.random() < 0.7:
        return Sent(earlier.members, "again")
    return Sent(earlier.members | {"payload": "other"}, "conflict")
