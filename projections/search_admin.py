"""Asks OpenSearch as an operator does: patiently, since what is asked may all be asked again.

Invariant: what is given back was answered with success, or is said not to be there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from threading import Event as Flag
from typing import Any, TypeVar

from projections.opensearch import Answer, OpenSearch, OpenSearchUnavailableError
from projections.patience import long_pauses, wait
from projections.search_requests import (
    NOT_FOUND,
    OK,
    OpenSearchRefusedError,
    ask_json,
    create_index,
    error_text,
    may_pass,
    reason_of,
)

_SECONDS = 60.0

_Given = TypeVar("_Given")


class SearchAdmin:
    """Requests of an operator, each made again after each of `pauses` while a fault may pass.

    Raises, from every method:
        OpenSearchUnavailableError: the fault did not pass.
        OpenSearchRefusedError: the request is refused.
    """

    def __init__(
        self, opensearch: OpenSearch, *, pauses: Callable[[], Iterator[float]] = long_pauses
    ) -> None:
        self._opensearch = opensearch
        self._pauses = pauses

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The JSON of a successful answer."""
        return self._ask(method, path, body, OK).json()

    def find(self, method: str, path: str, body: object = None) -> Any | None:
        """The JSON of a successful answer; None if there is no such thing."""
        answer = self._ask(method, path, body, OK, NOT_FOUND)
        return answer.json() if answer.status == OK else None

    def create_index(self, name: str) -> None:
        """Make an index out of its template; one that is there is as good."""
        if self.find("GET", f"/{name}/_settings") is None:
            self._patiently(partial(create_index, self._opensearch, name))

    def delete_documents(self, keys: Iterable[tuple[str, str]]) -> None:
        """Delete documents by index and `_id`; one that is gone already is as good."""
        lines = [{"delete": {"_index": index, "_id": id}} for index, id in keys]
        if not lines:
            return
        body = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        answer = self._patiently(partial(self._bulk, body))
        for item in answer.json()["items"]:
            outcome = item["delete"]
            if outcome["status"] not in {OK, NOT_FOUND}:
                raise OpenSearchRefusedError(
                    f"DELETE {outcome['_id']!r}",
                    status=outcome["status"],
                    reason=error_text(outcome.get("error")),
                )

    def _bulk(self, body: bytes) -> Answer:
        answer = self._opensearch.ask("POST", "/_bulk", body, timeout=_SECONDS)
        if answer.status == OK:
            return answer
        if may_pass(answer.status):
            raise OpenSearchUnavailableError(f"{answer.status}: {reason_of(answer)}")
        raise OpenSearchRefusedError("POST /_bulk", status=answer.status, reason=reason_of(answer))

    def _ask(self, method: str, path: str, body: object, *understood: int) -> Answer:
        return self._patiently(
            partial(
                ask_json,
                self._opensearch,
                method,
                path,
                body,
                understood=understood,
                timeout=_SECONDS,
            )
        )

    def _patiently(self, request: Callable[[], _Given]) -> _Given:
        pauses = self._pauses()
        while True:
            try:
                return request()
            except OpenSearchUnavailableError:
                if (pause := next(pauses, None)) is None:
                    raise
            wait(pause, stopped=Flag())
