"""The API's functions behind the document's routes, over fakes that can be told to fail."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from api import read, search, write
from api.cursor import Cursors
from api.handling import Handler
from domain.errors import EventLogError, LogUnavailableError
from domain.event import Event, NewEvent
from domain.log import Appended, Log
from domain.memory_log import MemoryLog
from infra.openapi.examples import ORDER, RECORDED_AT, new, recorded
from projections.by_type_listing import ByTypeListing, TypeSeen, TypesPage
from projections.opensearch import Answer, OpenSearchUnavailableError
from projections.page import Page
from tests.telemetry import CONTEXT, Told


def at_the_examples_time() -> datetime:
    """When the examples were recorded."""
    return datetime.fromisoformat(RECORDED_AT)


class FailingLog(MemoryLog):
    """A log that answers everything with one error."""

    def __init__(self, error: EventLogError) -> None:
        super().__init__()
        self._error = error

    def append(self, event: NewEvent, *, recorded_by: str | None = None) -> Appended:
        raise self._error

    def get(self, id: str) -> Event | None:
        raise self._error


@dataclass
class Listing:
    """Gives the example's page, once or for ever, or fails."""

    next: str | None = None
    error: EventLogError | None = None

    def page(
        self,
        *_wanted: object,
        text_of: Callable[[Event], str] = Event.to_json,
        **_bounds: object,
    ) -> Page:
        if self.error:
            raise self.error
        return Page([text_of(recorded(ORDER))], self.next)

    def types(self, **_bounds: object) -> TypesPage:
        if self.error:
            raise self.error
        return TypesPage([TypeSeen("order.placed", RECORDED_AT, RECORDED_AT)], self.next)


@dataclass
class Engine:
    """OpenSearch with one document, or out of reach."""

    out_of_reach: bool = False

    def ask(self, *_request: object, **_options: object) -> Answer:
        if self.out_of_reach:
            raise OpenSearchUnavailableError("timeout")
        source = {"event": {"original": recorded(ORDER).to_json()}}
        hits = [{"_source": source, "sort": [1, "order-1001-placed"]}]
        found = {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": hits}}
        return Answer(200, json.dumps(found).encode())


@dataclass
class Service:
    """Answers a request as API Gateway hands it on, by the function of its route."""

    log: Log = field(default_factory=lambda: MemoryLog(now=at_the_examples_time))
    listing: Listing = field(default_factory=Listing)
    engine: Engine | None = None

    def given(self, *texts: str) -> "Service":
        """The service with these events in its log."""
        for text in texts:
            self.log.append(new(text))
        return self

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The function's answer."""
        return self._handler(request["httpMethod"], request["resource"])(request, CONTEXT)

    def _handler(self, method: str, path: str) -> Handler:
        telemetry, cursors = Told().telemetry, Cursors("key")
        if method == "POST":
            return write.build(log=self.log, telemetry=telemetry)
        if path == "/search" and self.engine:
            return search.build(opensearch=self.engine, cursors=cursors, telemetry=telemetry)
        listing = cast("ByTypeListing", self.listing)
        return read.build(log=self.log, listing=listing, cursors=cursors, telemetry=telemetry)


def unavailable() -> LogUnavailableError:
    """A fault of the store that may pass."""
    return LogUnavailableError("ProvisionedThroughputExceededException")


Make = Callable[[], Service]
