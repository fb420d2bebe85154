"""Both clients, played alike: what the sync one returns or yields, the async one does too."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from api.client import AsyncEventLog, EventLog, Retries

Answering = Callable[[httpx.Request], httpx.Response]
KINDS = ("sync", "async")


@dataclass
class Client:
    """A client of either kind over a function that answers; `pauses` is what it would have slept.

    Calls give lists for what iterates.
    """

    kind: str
    answering: Answering
    retries: Retries = field(default_factory=lambda: Retries(draw=lambda: 1.0))
    pauses: list[float] = field(default_factory=list)

    def one(self, name: str, *given: Any, **named: Any) -> Any:
        """What a call returns."""
        if self.kind == "sync":
            with self._sync() as log:
                return getattr(log, name)(*given, **named)

        async def call() -> Any:
            async with self._async() as log:
                return await getattr(log, name)(*given, **named)

        return asyncio.run(call())

    def many(self, name: str, *given: Any, most: int | None = None, **named: Any) -> list[Any]:
        """What a call yields, of which `most` are taken."""
        found: list[Any] = []
        if self.kind == "sync":
            with self._sync() as log:
                for item in getattr(log, name)(*given, **named):
                    found.append(item)
                    if len(found) == most:
                        break
            return found

        async def call() -> None:
            async with self._async() as log:
                async for item in getattr(log, name)(*given, **named):
                    found.append(item)
                    if len(found) == most:
                        break

        asyncio.run(call())
        return found

    def _sync(self) -> EventLog:
        return EventLog(
            "https://api.test/dev/",
            retries=self.retries,
            transport=httpx.MockTransport(self.answering),
            sleep=self.pauses.append,
        )

    def _async(self) -> AsyncEventLog:
        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)

        return AsyncEventLog(
            "https://api.test/dev/",
            retries=self.retries,
            transport=httpx.MockTransport(self.answering),
            sleep=sleep,
        )


def scripted(*answers: httpx.Response | Exception) -> tuple[Answering, list[httpx.Request]]:
    """Answers in turn, the last one for ever, and the requests that came."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        given = answers[min(len(requests), len(answers) - 1)]
        requests.append(request)
        if isinstance(given, Exception):
            raise given
        return httpx.Response(given.status_code, headers=given.headers, content=given.content)

    return answer, requests


def problem(
    status: int, kind: str = "", headers: Mapping[str, str] | None = None, **members: Any
) -> httpx.Response:
    """An answer with a problem document."""
    type = f"https://api.test/dev/problems/{kind}" if kind else "about:blank"
    document = {"type": type, "title": "Title", "status": status, "detail": "detail", **members}
    return httpx.Response(status, json=document, headers=headers)


def event_json(id: str = "1", payload: str = "1", type: str = "t") -> str:
    """An event as the API gives it."""
    return (
        f'{{"id":"{id}","type":"{type}","time":"2026-01-01T00:00:00Z",'
        f'"recorded_at":"2026-01-01T00:00:00.000000Z","hash":"h","payload":{payload}}}'
    )


def page(name: str, items: Iterable[str], cursor: str = "null") -> httpx.Response:
    """An answer with a page of a listing."""
    return httpx.Response(200, text=f'{{"{name}":[{",".join(items)}],"next_cursor":{cursor}}}')
