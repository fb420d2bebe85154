"""An event → the document that analysts search: an envelope after ECS, and what its payload holds.

Invariant: every event has a document; what it lacks of its event, its field `degraded` says, and
`event.original` is the event exactly as the API gives it.
https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html
"""

from collections.abc import Container, Iterator
from itertools import accumulate
from typing import Any

from domain.event import Event
from projections.search_degradations import CUT_TEXT, FULL_INDEX, MANY_FIELDS, TIME_RANGE
from projections.search_fields import Field, by_precedence
from projections.search_scalars import Scalar, date_of, dumps
from projections.search_values import values_of

MAX_FIELDS_PER_EVENT = 250
MAX_TEXT_CHARACTERS = 100_000

_APART = str.maketrans("._:", "   ")


class Document:
    """One event's document, before it is known which of its fields the index takes."""

    def __init__(self, event: Event, *, max_fields: int = MAX_FIELDS_PER_EVENT) -> None:
        values = values_of(event.payload)
        self.event = event
        self.fields = values.fields
        self._flat = values.flat
        self._degraded = values.degraded
        if len(self.fields) > max_fields:
            taken = sorted(self.fields, key=by_precedence)[:max_fields]
            self.fields = {field: self.fields[field] for field in taken}
            self._degraded.add(MANY_FIELDS)
        self._envelope = dict(_envelope(event))
        if "@timestamp" not in self._envelope:
            self._envelope["@timestamp"] = event.recorded_at
            self._degraded.add(TIME_RANGE)
        given = (event.type, event.source, event.subject, *values.texts)
        readable = [text for text in given if text]
        self._envelope["text"] = self._bounded([*readable, *opened(readable)])

    def degraded(self, known: Container[Field]) -> list[str]:
        """What the document lacks in an index that has the `known` fields; most often nothing."""
        full = any(field not in known for field in self.fields)
        return sorted({*self._degraded, FULL_INDEX} if full else self._degraded)

    def json(self, known: Container[Field]) -> str:
        """The document's JSON for an index that has the `known` fields; others are left out."""
        members = self._envelope
        if degraded := self.degraded(known):
            members = {**members, "degraded": degraded}
        text = dumps({**members, **self._typed(known)})
        return f'{text[:-1]},"payload":{self._flat}}}'

    def _typed(self, known: Container[Field]) -> dict[str, dict[str, Scalar | list[Scalar]]]:
        typed: dict[str, dict[str, Scalar | list[Scalar]]] = {}
        for field, values in self.fields.items():
            if field in known:
                value = values[0] if len(values) == 1 else values
                typed.setdefault(field.namespace, {})[field.name] = value
        return typed

    def _bounded(self, texts: list[str]) -> list[str]:
        sizes = list(accumulate(map(len, texts)))
        if sizes[-1] <= MAX_TEXT_CHARACTERS:
            return texts
        self._degraded.add(CUT_TEXT)
        whole = sum(size <= MAX_TEXT_CHARACTERS for size in sizes)
        left = MAX_TEXT_CHARACTERS - (sizes[whole - 1] if whole else 0)
        return [*texts[:whole], texts[whole][:left]]


def opened(texts: list[str]) -> Iterator[str]:
    """Those texts that join words, such as `order.placed`, with the words apart.

    Word boundaries are Unicode's, which leave such words joined, and then one by one unfound.
    https://www.unicode.org/reports/tr29/#Word_Boundaries
    """
    for text in texts:
        if (apart := text.translate(_APART)) != text:
            yield apart


def _envelope(event: Event) -> Iterator[tuple[str, Any]]:
    """The members that do not come from the payload, as far as the event has them."""
    if at := date_of(event.time or event.recorded_at):
        yield "@timestamp", at
    yield (
        "event",
        {
            "id": event.id,
            "action": event.type,
            "created": event.recorded_at,
            "hash": event.hash,
            "original": event.to_json(),
        },
    )
    for name in ("source", "subject"):
        if text := getattr(event, name):
            yield name, text
    links = {name: getattr(event, name) for name in ("correlation_id", "causation_id")}
    if labels := {name: text for name, text in links.items() if text}:
        yield "labels", labels
    if event.traceparent:
        _, trace, span, *_ = f"{event.traceparent}--".split("-")
        yield "trace", {"id": trace}
        yield "span", {"id": span}
    if event.recorded_by:
        yield "user", {"id": event.recorded_by}
