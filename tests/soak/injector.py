"""Decides for each AWS call of a worker whether it fails, and how.

Invariant: the decision follows from the seed, the call and what was injected before it.
"""

import hashlib
from collections.abc import Iterator

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from tests.soak.calls import Call
from tests.soak.faults import FAULTS, fits
from tests.soak.journal import Journal
from tests.soak.rules import CURSED, POISON, Rules, RulesFile

_HOOKS = ("before-send.dynamodb", "before-send.s3.PutObject")
_BYTES = 8


class Injector:
    """Injects into one function's calls."""

    def __init__(self, rules: RulesFile, journal: Journal, *, function: str) -> None:
        self._rules = rules
        self._journal = journal
        self._function = function

    def watch(self, session: object) -> None:
        """Stand before every request of a botocore session's clients."""
        for hook in _HOOKS:
            session.register(hook, self.before_send)  # type: ignore[attr-defined]  # untyped

    def before_send(
        self, request: AWSPreparedRequest, event_name: str, **_rest: object
    ) -> AWSResponse | None:
        """The hook: an answer stands for the service's, None lets the request through."""
        call = Call.of(event_name.rpartition(".")[2], request)
        kind = self._kind(call)
        if kind is None:
            return None
        self._journal.add(kind, f"{self._function} {call.operation}", call.ids)
        return FAULTS[kind](call)

    def _kind(self, call: Call) -> str | None:
        rules = self._rules.read()
        return next(self._candidates(rules, call), None)

    def _candidates(self, rules: Rules, call: Call) -> Iterator[str]:
        for shot in rules.shots:
            if shot.function == self._function and fits(shot.kind, call) and self._rules.take(shot):
                yield shot.kind
        if rules.refusing and call.operation == "BatchWriteItem":
            if any(id.startswith(CURSED) for id in call.ids):
                yield "access-denied"
            if any(id.startswith(POISON) for id in call.ids):
                yield "refused-for-good"
        chance = self._chance(rules, call)
        for kind, rate in rules.rates.get(self._function, {}).items():
            if not fits(kind, call):
                continue
            if chance < rate:
                yield kind
            chance -= rate

    def _chance(self, rules: Rules, call: Call) -> float:
        """From 0 to 1: the same for the same call at the same place of the journal."""
        told = f"{rules.seed} {call.operation} {call.ids[:1]} {self._journal.size}"
        digest = hashlib.sha256(told.encode()).digest()
        return int.from_bytes(digest[:_BYTES]) / float(256**_BYTES)
