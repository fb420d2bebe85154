"""Imports NDJSON: posts lines in batches and keeps every line's outcome.

Invariant: each line ends created, duplicate or rejected with its number and reason. Since ids make
appending idempotent, an import that was cut off is simply started again.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from api.client import ApiError, EventLog, Outcome
from api.client.posting import batches
from api.client.raw_json import members_of

_BATCH_EVENTS = 200
_PARALLEL_BATCHES = 4
_NO_ID = "id: is required here; without it, importing again would store the event again"


class ImportFailedError(Exception):
    """The API could not be reached or kept failing; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: `number` counts from 1, `text` is without its end.

    `fault` is why it is not posted; what else is wrong with it, the API says.
    """

    number: int
    text: str
    fault: str | None = None


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


def import_lines(raw_lines: Iterable[bytes], *, log: EventLog) -> Iterator[list[LineOutcome]]:
    """Post NDJSON lines, several batches at a time; yields outcomes in file order.

    Raises:
        ImportFailedError: a batch was not taken after several tries; starting again is safe.
    """
    waiting: deque[Future[list[LineOutcome]]] = deque()
    with ThreadPoolExecutor(_PARALLEL_BATCHES) as threads:
        for batch in batches(_lines(raw_lines), size=_bytes, most=_BATCH_EVENTS):
            waiting.append(threads.submit(_post, batch, log))
            if len(waiting) > _PARALLEL_BATCHES:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _lines(raw_lines: Iterable[bytes]) -> Iterator[Line]:
    for number, raw in enumerate(raw_lines, start=1):
        if stripped := raw.rstrip(b"\r\n").strip():
            yield _line(number, stripped)


def _line(number: int, raw: bytes) -> Line:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        fault = f"not UTF-8: {error.reason} at byte {error.start + 1}"
        return Line(number, raw.decode(errors="replace"), fault)
    try:
        has_id = not text.startswith("{") or "id" in members_of(text)
    except (ValueError, RecursionError):
        return Line(number, text)  # the client says what is wrong
    return Line(number, text, None if has_id else _NO_ID)


def _bytes(line: Line) -> int:
    return len(line.text.encode())


def _post(lines: list[Line], log: EventLog) -> list[LineOutcome]:
    try:
        posted = iter(log.append_many([line.text for line in lines if line.fault is None]))
        return [_outcome(line, next(posted) if line.fault is None else None) for line in lines]
    except ApiError as error:
        raise ImportFailedError(str(error)) from error


def _outcome(line: Line, outcome: Outcome | None) -> LineOutcome:
    if outcome is None:
        return LineOutcome(line, "invalid", line.fault)
    problem = outcome.problem
    if outcome.status == "failed" and problem:
        raise ImportFailedError(f"the API answered {problem.status} again and again: {problem}")
    return LineOutcome(line, outcome.status, str(problem) if problem else None)
