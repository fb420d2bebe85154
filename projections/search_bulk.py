"""Creates documents in an index with bulk requests, and reads what became of every one of them.

Invariant: a document is created, was there already, or is given back with OpenSearch's reason; the
status of the request as a whole says nothing about it.
https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from domain.dynamodb_faults import pauses
from projections.opensearch import Answer, OpenSearch, OpenSearchUnavailableError
from projections.search_document import Document
from projections.search_names import document_id
from projections.search_requests import (
    OK,
    OpenSearchRefusedError,
    error_text,
    may_pass,
    reason_of,
)
from projections.search_scalars import dumps
from projections.stream import Unprojected

MAX_BYTES = 5_000_000
"""The size of one request: OpenSearch Service's small instances take 10 MiB."""

_CREATED, _CONFLICT, _TOO_LARGE = 201, 409, 413
# A role, a block or a missing index: about all documents, none of which should be parked for it.
_NOT_ABOUT_THE_DOCUMENT = (401, 403, 404)

Line = tuple[Document, bytes]


@dataclass(slots=True)
class Outcome:
    """What became of documents; those that were there already are in neither list."""

    created: list[Document] = field(default_factory=list)
    unprojected: list[Unprojected] = field(default_factory=list)


class Bulk:
    """Creates documents in one index after another, into one outcome."""

    def __init__(
        self,
        opensearch: OpenSearch,
        *,
        max_bytes: int = MAX_BYTES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._opensearch = opensearch
        self._max_bytes = max_bytes
        self._sleep = sleep
        self.outcome = Outcome()

    def create(self, index: str, lines: list[Line]) -> None:
        """Create documents, each with the lines that `line_of` gives.

        Raises:
            OpenSearchRefusedError: a fault that is not about the documents.
        """
        for chunk in self._chunks(lines):
            self._create(index, chunk)

    def _chunks(self, lines: list[Line]) -> Iterator[list[Line]]:
        chunk: list[Line] = []
        size = 0
        for line in lines:
            if chunk and size + len(line[1]) > self._max_bytes:
                yield chunk
                chunk, size = [], 0
            chunk.append(line)
            size += len(line[1])
        if chunk:
            yield chunk

    def _create(self, index: str, lines: list[Line]) -> None:
        """One request, and again for what may pass: at most as often as there are pauses."""
        for pause in (*pauses(), None):  # the last try is followed by no pause
            try:
                answer = self._opensearch.ask(
                    "POST",
                    f"/{index}/_bulk?filter_path=items.*.status,items.*.error",
                    b"".join(line for _, line in lines),
                )
            except OpenSearchUnavailableError as error:
                return self._give_back(lines, error.reason, passing=True)
            if answer.status == _TOO_LARGE:
                return self._create_halves(index, lines, answer)
            lines = self._settle(index, lines, answer, last=pause is None)
            if not lines or pause is None:
                return None
            self._sleep(pause)
        return None

    def _create_halves(self, index: str, lines: list[Line], answer: Answer) -> None:
        if len(lines) == 1:
            return self._give_back(lines, f"413: {reason_of(answer)}", passing=False)
        half = len(lines) // 2
        self._create(index, lines[:half])
        return self._create(index, lines[half:])

    def _settle(self, index: str, lines: list[Line], answer: Answer, *, last: bool) -> list[Line]:
        """Note what became of each document; gives back those to be sent again."""
        if answer.status == OK:
            results = [item["create"] for item in answer.json()["items"]]
        elif may_pass(answer.status):
            results = [{"status": answer.status, "error": reason_of(answer)}] * len(lines)
        else:
            raise OpenSearchRefusedError(
                f"POST /{index}/_bulk", status=answer.status, reason=reason_of(answer)
            )
        again = []
        for line, result in zip(lines, results, strict=True):
            if may_pass(result["status"]) and not last:
                again.append(line)
            else:
                self._note(line, result)
        return again

    def _note(self, line: Line, result: dict[str, Any]) -> None:
        status = result["status"]
        if status == _CREATED:
            self.outcome.created.append(line[0])
        elif status != _CONFLICT:
            reason = f"{status}: {error_text(result.get('error'))}"
            passing = may_pass(status) or status in _NOT_ABOUT_THE_DOCUMENT
            self._give_back([line], reason, passing=passing)

    def _give_back(self, lines: list[Line], reason: str, *, passing: bool) -> None:
        self.outcome.unprojected += [Unprojected(d.event, reason, passing) for d, _ in lines]


def line_of(document: Document, json: str) -> bytes:
    """The two lines of a bulk request that create a document from its JSON.

    A lone surrogate, which only an item written around the API can hold, is given as `?`.
    """
    action = dumps({"create": {"_id": document_id(document.event.id)}})
    return f"{action}\n{json}\n".encode("utf-8", "replace")
