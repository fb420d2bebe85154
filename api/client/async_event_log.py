"""The async client: plays the same dialogues over `httpx.AsyncClient`."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
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


class AsyncEventLog:
    """`EventLog` for asyncio: the same calls, awaited or iterated over with `async for`."""

    def __init__(
        self,
        url: str,
        *,
        auth: httpx.Auth | None = None,
        api_key: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        retries: Retries = _RETRIES,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        chosen = options(url, auth=auth, api_key=api_key, timeout=timeout)
        self._http = httpx.AsyncClient(transport=transport, **chosen)
        self._retries = retries
        self._sleep = sleep

    async def append(
        self,
        type: str,
        payload: object = NOTHING,
        *,
        payload_text: str | None = None,
        **fields: Unpack[EventFields],
    ) -> Appended:
        """See `EventLog.append`."""
        body = event_body(type, payload, payload_text, fields)
        return await self._one(appending.append(body, retries=self._retries))

    def append_many(self, events: Iterable[Mapping[str, Any] | str]) -> AsyncIterator[Outcome]:
        """See `EventLog.append_many`."""
        return self._play(appending.append_many(events, retries=self._retries))

    async def get(self, id: str, *, source: str | None = None) -> Event:
        """See `EventLog.get`."""
        return await self._one(reading.get(id, source=source, retries=self._retries))

    def list(self, type: str, **span: Unpack[Span]) -> AsyncIterator[Event]:
        """See `EventLog.list`."""
        return self._play(reading.events_of(type, span, retries=self._retries).every())

    def types(self) -> AsyncIterator[TypeSeen]:
        """See `EventLog.types`."""
        return self._play(reading.types(retries=self._retries).every())

    def search(
        self,
        text: str | None = None,
        *,
        types: Iterable[str] = (),
        filters: Iterable[str] = (),
        **span: Unpack[Span],
    ) -> AsyncIterator[Event]:
        """See `EventLog.search`."""
        wanted = reading.found(text, types=types, filters=filters, span=span, retries=self._retries)
        return self._play(wanted.every())

    def follow(self, *types: str, **how: Unpack[How]) -> AsyncIterator[Event]:
        """See `EventLog.follow`."""
        return self._play(follow(types, how, retries=self._retries))

    async def close(self) -> None:
        """End the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _one(self, dialogue: Dialogue[T]) -> T:
        async with aclosing(self._play(dialogue)) as played:
            return await anext(played)

    async def _play(self, dialogue: Dialogue[T]) -> AsyncGenerator[T, None]:
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
                    await self._sleep(seconds)
                case Request():
                    reply = await self._ask(step)

    async def _ask(self, request: Request) -> Reply:
        try:
            return answer_of(await self._http.request(**arguments(request)))
        except httpx.RequestError as error:
            return no_answer(error, url=self._http.base_url)
