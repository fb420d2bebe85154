"""The sync client: plays dialogues over `httpx.Client`. Threads may share one."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import httpx

from api.client import appending, reading
from api.client.connection import TIMEOUT_SECONDS, answer_of, arguments, no_answer, options
from api.client.dialogue import Dialogue, Found, Pause, Reply, Request
from api.client.events import Appended, Event, Outcome, TypeSeen
from api.client.following import How, follow
from api.client.posting import NOTHING, EventFields, event_body
from api.client.reading import Span
from api.client.retries import Retries

T = TypeVar("T")
_RETRIES = Retries()


class EventLog:
    """An event log's API at `url`, which ends where `/events` begins.

    `auth` proves who calls: `BearerToken`, `signing.SignedRequests` or any `httpx.Auth`. `timeout`
    is in seconds, for one request. All methods raise `ApiError`; what may pass is tried again, as
    `retries` says, which is safe since each event has an id before it is sent.
    """

    def __init__(
        self,
        url: str,
        *,
        auth: httpx.Auth | None = None,
        api_key: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        retries: Retries = _RETRIES,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        chosen = options(url, auth=auth, api_key=api_key, timeout=timeout)
        self._http = httpx.Client(transport=transport, **chosen)
        self._retries = retries
        self._sleep = sleep

    def append(
        self,
        type: str,
        payload: object = NOTHING,
        *,
        payload_text: str | None = None,
        **fields: Unpack[EventFields],
    ) -> Appended:
        """Append one event; an id is made if none is given.

        `payload_text` is the payload as JSON, for what Python's numbers do not hold.

        Raises:
            ConflictError: another event has the id.
            InvalidError: the event breaks a rule.
            ValueError: it is no event that could be sent.
        """
        body = event_body(type, payload, payload_text, fields)
        return self._one(appending.append(body, retries=self._retries))

    def append_many(self, events: Iterable[Mapping[str, Any] | str]) -> Iterator[Outcome]:
        """Append events, each as its JSON object or that object's text, in batches.

        Yields an outcome for each, in order, as the batches are answered; one that is refused keeps
        no other from being appended. After an error, appending all again is safe if all have ids.
        """
        return self._play(appending.append_many(events, retries=self._retries))

    def get(self, id: str, *, source: str | None = None) -> Event:
        """The event with an id; with `source`, the CloudEvent that these two identify.

        Raises:
            NotFoundError: there is none.
        """
        return self._one(reading.get(id, source=source, retries=self._retries))

    def list(self, type: str, **span: Unpack[Span]) -> Iterator[Event]:
        """A type's events, the newest first unless `order="asc"`; pages are read as needed."""
        return self._play(reading.events_of(type, span, retries=self._retries).every())

    def types(self) -> Iterator[TypeSeen]:
        """The types that there are, by name."""
        return self._play(reading.types(retries=self._retries).every())

    def search(
        self,
        text: str | None = None,
        *,
        types: Iterable[str] = (),
        filters: Iterable[str] = (),
        **span: Unpack[Span],
    ) -> Iterator[Event]:
        """The events of which all is true that is asked for, the newest first.

        `filters` are such as `payload.order.total:>=10`; docs/reference.md has them.

        Raises:
            NotFoundError: this stage has no search.
        """
        wanted = reading.found(text, types=types, filters=filters, span=span, retries=self._retries)
        return self._play(wanted.every())

    def follow(self, *types: str, **how: Unpack[How]) -> Iterator[Event]:
        """New events of these types, or of all, for ever: each once, as it is found.

        Every event is found that was recorded at or after `since` and is listed within `overlap` of
        that. Each look's events are in order; one that is listed late comes later (docs/client.md).
        """
        return self._play(follow(types, how, retries=self._retries))

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _one(self, dialogue: Dialogue[T]) -> T:
        return next(self._play(dialogue))

    def _play(self, dialogue: Dialogue[T]) -> Iterator[T]:
        reply: Reply = None
        while True:
            try:
                step = dialogue.send(reply)
            except StopIteration:
                return
            reply = None
            match step:
                case Found(item):
                    yield item
                case Pause(seconds):
                    self._sleep(seconds)
                case Request():
                    reply = self._ask(step)

    def _ask(self, request: Request) -> Reply:
        try:
            return answer_of(self._http.request(**arguments(request)))
        except httpx.RequestError as error:
            return no_answer(error, url=self._http.base_url)
