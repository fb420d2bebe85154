"""API Gateway's REST API on this machine: the template's routes in front of its functions.

Invariant: whatever a client sends and whatever a function answers, the client gets an answer that
API Gateway would give. The path has no stage prefix, as behind a custom domain name.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvicorn

from infra.local.admission import Admission, Admit
from infra.local.authorization import OPEN, Authorizer, RefusedError
from infra.local.compression import compressed, opened
from infra.local.errors import LocalStackError
from infra.local.gateway_answers import (
    INTEGRATION_FAILED,
    INTEGRATION_TIMED_OUT,
    NO_SUCH_ROUTE,
    REQUEST_TOO_LARGE,
    GatewayError,
    gateway_answer,
)
from infra.local.proxy_event import (
    HttpRequest,
    HttpResponse,
    MalformedAnswerError,
    http_response,
    proxy_event,
)
from infra.local.resources import Api
from infra.local.routing import find_route
from infra.local.workers import InvokeResult, RequestTooLargeError

MAX_BODY = 10 * 1024 * 1024
INTEGRATION_SECONDS = 29.0
_PARALLEL = 64
_STOP_SECONDS = 3
_WITHOUT_CONTENT = {204, 304}

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Invoke = Callable[[str, Any], InvokeResult]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
"""An ASGI application. https://asgi.readthedocs.io/en/latest/specs/main.html"""


class Gateway:
    """The API as an ASGI application; `invoke` takes a function's name and an event.

    `authorizers` are those of the authorization types that its methods have; `admit` then lets
    requests in as often as they may come.
    """

    def __init__(
        self,
        api: Api,
        *,
        invoke: Invoke,
        authorizers: Mapping[str, Authorizer] = OPEN,
        admit: Admit | None = None,
        timeout: float = INTEGRATION_SECONDS,
    ) -> None:
        self._api = api
        self._invoke = invoke
        self._authorizers = authorizers
        self._admit = admit or Admission(api.edge, values={})
        self._timeout = timeout
        self._threads = ThreadPoolExecutor(_PARALLEL, thread_name_prefix="gateway")

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One HTTP request. https://asgi.readthedocs.io/en/latest/specs/www.html"""
        body = await _body(receive)
        request = _request(scope, body or b"")
        if body is None:
            response = self._answer(REQUEST_TOO_LARGE, request)
        else:
            response = compressed(
                await self._respond(request), request, minimum=self._api.minimum_compression
            )
        headers = [*response.headers, ("x-amzn-RequestId", request.id)]
        has_length = any(name.lower() == "content-length" for name, _ in headers)
        if not has_length and response.status not in _WITHOUT_CONTENT:
            headers.append(("Content-Length", str(len(response.body))))
        await send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": [(n.lower().encode("latin-1"), _latin(v)) for n, v in headers],
            }
        )
        await send({"type": "http.response.body", "body": response.body})

    async def _respond(self, request: HttpRequest) -> HttpResponse:
        work = asyncio.get_running_loop().run_in_executor(self._threads, self.respond, request)
        try:
            return await asyncio.wait_for(work, self._timeout)
        except TimeoutError:
            return self._answer(INTEGRATION_TIMED_OUT, request)

    def respond(self, request: HttpRequest) -> HttpResponse:
        """Route one request, authorize it, invoke the function, and turn its answer into ours."""
        found = find_route(self._api.routes, request.method, request.path)
        if not found:
            return self._answer(NO_SUCH_ROUTE, request)
        route, parameters = found
        try:
            caller = self._authorizers[route.authorization](request, route)
            key = self._admit(request, route)
            request = opened(request, limit=MAX_BODY)  # what was signed is what was sent
            event = proxy_event(
                request,
                route,
                parameters,
                api=self._api,
                identity={**caller.identity, **key},
                authorizer=caller.authorizer,
            )
            result = self._invoke(route.function, event)
            if result.failed:
                return self._answer(INTEGRATION_FAILED, request)
            return http_response(result.json(), api=self._api)
        except RefusedError as refused:
            return self._answer(refused.error, request)
        except RequestTooLargeError:
            return self._answer(REQUEST_TOO_LARGE, request)
        except MalformedAnswerError:
            return self._answer(INTEGRATION_FAILED, request)

    def _answer(self, error: GatewayError, request: HttpRequest) -> HttpResponse:
        return gateway_answer(error, request, api=self._api)

    def __enter__(self) -> "Gateway":
        return self

    def __exit__(self, *_exception: object) -> None:
        """Take no more requests."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GatewayServer:
    """An application that serves a listening socket from a thread of its own."""

    def __init__(self, application: Application, listener: socket.socket) -> None:
        config = uvicorn.Config(
            application,
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="gateway", daemon=True
        )

    def __enter__(self) -> "GatewayServer":
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    def failure(self) -> LocalStackError | None:
        """Why it serves no more; None while it does."""
        if self._thread.is_alive():
            return None
        return LocalStackError("the gateway ended", remedy="Start the stack again.")


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is larger than API Gateway takes."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BODY:
            chunks.clear()  # read on, so that the client sees the answer
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= MAX_BODY else None


def _request(scope: MutableMapping[str, Any], body: bytes) -> HttpRequest:
    return HttpRequest(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]),
        body=body,
        client=scope["client"][0] if scope["client"] else "127.0.0.1",
        protocol=f"HTTP/{scope['http_version']}",
    )


def _latin(value: str) -> bytes:
    return value.encode("latin-1", "replace")
