"""Decides for each AWS call of a worker whether it fails, and how.

Invariant: a process's decisions follow from the seed, the place in the journal at which it began,
and the order of its calls; they are so evenly spread that a rate is met within few calls.
https://en.wikipedia.org/wiki/Low-discrepancy_sequence#Additive_recurrence
"""

import hashlib
import itertools
from collections.abc import Iterator

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from infra.local.iam_guard import Hooks
from tests.soak.calls import Call
from tests.soak.faults import FAULTS, fits
from tests.soak.journal import CALL, TAKEN, Journal
from tests.soak.rules import CURSED, POISON, Rules, RulesFile

_HOOKS = ("before-send.dynamodb", "before-send.s3.PutObject")
_BYTES = 4
_GOLDEN_RATIO = (5**0.5 - 1) / 2


class Injector:
    """Injects into one function's calls."""

    def __init__(self, rules: RulesFile, journal: Journal, *, function: str) -> None:
        self._rules = rules
        self._journal = journal
        self._function = function
        place = f"{rules.read().seed} {journal.size}".encode()
        self._turns = itertools.count(int.from_bytes(hashlib.sha256(place).digest()[:_BYTES]))

    def watch(self, hooks: Hooks) -> None:
        """Stand before every request of a botocore session's clients, or of one client's."""
        for hook in _HOOKS:
            hooks.register(hook, self.before_send)

    def before_send(
        self, request: AWSPreparedRequest, event_name: str, **_rest: object
    ) -> AWSResponse | None:
        """The hook: an answer stands for the service's, None lets the request through."""
        call = Call.of(event_name.rpartition(".")[2], request)
        where = f"{self._function} {call.operation}"
        rules = self._rules.read()
        if rules.counting:
            self._journal.add(CALL, where, call.ids)
        kind = next(self._kinds(rules, call), None)
        if kind is not None:
            self._journal.add(kind, where, call.ids)
        elif call.operation != "BatchWriteItem":
            return None
        answer = FAULTS[kind](call) if kind else call.send()
        if call.operation == "BatchWriteItem":
            self._journal.add(TAKEN, where, call.taken(answer))
        return answer

    def _kinds(self, rules: Rules, call: Call) -> Iterator[str]:
        for shot in rules.shots:
            if shot.function == self._function and fits(shot.kind, call) and self._rules.take(shot):
                yield shot.kind
        if rules.refusing and call.operation == "BatchWriteItem":
            if any(id.startswith(CURSED) for id in call.ids):
                yield "access-denied"
            if any(id.startswith(POISON) for id in call.ids):
                yield "refused-for-good"
        chance = next(self._turns) * _GOLDEN_RATIO % 1
        for kind, rate in rules.rates.get(self._function, {}).items():
            if not fits(kind, call):
                continue
            if chance < rate:
                yield kind
            chance -= rate
