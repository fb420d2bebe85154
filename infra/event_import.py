"""Imports NDJSON: posts lines in batches and keeps every line's outcome.

Invariant: each line ends created, duplicate or rejected with its number and reason. Since ids make
appending idempotent, an import that was cut off is simply started again.
"""

import json
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

_BATCH_EVENTS = 200
_BATCH_BYTES = 2_000_000
_PARALLEL_BATCHES = 4
_TRIES = 6
_ABOUT_THE_BATCH = {400, 413}
_WORTH_ANOTHER_TRY = {429, 500, 502, 503, 504}


class ImportFailedError(Exception):
    """The API could not be reached or kept failing; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: `number` counts from 1, `text` is without its end."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What became of a line: created, duplicate, conflict or invalid, and the reason if refused."""

    line: Line
    status: str
    reason: str | None = None

    @property
    def rejected(self) -> bool:
        """Whether the line's event is not in the log as it stands in the file."""
        return self.reason is not None


def import_lines(
    raw_lines: Iterable[bytes], *, client: httpx.Client, sleep: Callable[[float], None] = time.sleep
) -> Iterator[list[LineOutcome]]:
    """Post NDJSON lines to the API that the client's base URL names; yields outcomes in file order.

    Raises:
        ImportFailedError: a batch was not taken after several tries; starting again is safe.
    """
    waiting: deque[Future[list[LineOutcome]]] = deque()
    with ThreadPoolExecutor(_PARALLEL_BATCHES) as threads:
        for refused, batch in _batches(raw_lines):
            if refused:
                yield refused
            if batch:
                waiting.append(threads.submit(_post, batch, client, sleep))
            if len(waiting) > _PARALLEL_BATCHES:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _batches(raw_lines: Iterable[bytes]) -> Iterator[tuple[list[LineOutcome], list[Line]]]:
    """Lines refused here, and batches that can be posted, as they fill up."""
    batch: list[Line] = []
    size = 0
    for number, raw in enumerate(raw_lines, start=1):
        text = raw.rstrip(b"\r\n")
        if not text.strip():
            continue
        line = Line(number, text.decode(errors="replace"))
        reason = _unpostable(text)
        if reason is not None:
            yield [LineOutcome(line, "invalid", reason)], []
            continue
        if batch and (len(batch) == _BATCH_EVENTS or size + len(text) > _BATCH_BYTES):
            yield [], batch
            batch, size = [], 0
        batch.append(line)
        size += len(text)
    yield [], batch


def _unpostable(text: bytes) -> str | None:
    """Why a line cannot be part of a batch; what else is wrong with it, the API says."""
    try:
        event = json.loads(text.decode())
    except UnicodeDecodeError as error:
        return f"not UTF-8: {error.reason} at byte {error.start + 1}"
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at column {error.colno}"
    except RecursionError:
        return "not JSON that can be kept: nested too deeply"
    if isinstance(event, dict) and "id" not in event:
        return "id: is required here; without it, importing again would store the event again"
    return None


def _post(
    lines: list[Line], client: httpx.Client, sleep: Callable[[float], None]
) -> list[LineOutcome]:
    """Post one batch; events that the store did not take now are tried again."""
    outcomes: dict[int, LineOutcome] = {}
    pending = lines
    for attempt in range(_TRIES):
        response = _send(pending, client)
        if response.is_success:
            results = response.json()["results"]
            for line, result in zip(pending, results, strict=True):
                outcomes[line.number] = _outcome(line, result)
            pending = [line for line in pending if outcomes[line.number].status == "failed"]
        elif response.status_code in _ABOUT_THE_BATCH:
            outcomes |= {o.line.number: o for o in _post_apart(pending, response, client, sleep)}
            pending = []
        elif response.status_code not in _WORTH_ANOTHER_TRY:
            raise ImportFailedError(f"the API answered {response.status_code}: {response.text}")
        if not pending:
            return [outcomes[line.number] for line in lines]
        sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311  # jitter
    raise ImportFailedError(f"the API answered {response.status_code} again and again")


def _send(lines: list[Line], client: httpx.Client) -> httpx.Response:
    body = f"[{','.join(line.text for line in lines)}]"
    try:
        return client.post(
            "/events", content=body.encode(), headers={"Content-Type": "application/json"}
        )
    except httpx.TransportError as error:
        reason = f"{client.base_url} cannot be reached: {error}"
        raise ImportFailedError(reason) from error


def _post_apart(
    lines: list[Line],
    refusal: httpx.Response,
    client: httpx.Client,
    sleep: Callable[[float], None],
) -> list[LineOutcome]:
    """A batch that was refused as a whole, in halves, until the line to blame stands alone."""
    if len(lines) == 1:
        return [LineOutcome(lines[0], "invalid", _reason(refusal.json()))]
    half = len(lines) // 2
    return _post(lines[:half], client, sleep) + _post(lines[half:], client, sleep)


def _outcome(line: Line, result: dict[str, Any]) -> LineOutcome:
    problem = result.get("problem")
    return LineOutcome(line, result["status"], None if problem is None else _reason(problem))


def _reason(problem: dict[str, Any]) -> str:
    return str(problem.get("detail") or problem.get("title") or problem)
