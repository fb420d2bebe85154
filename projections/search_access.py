"""Waits until a new store knows who may use it.

Invariant: what is still refused when the time is up is an error, never passed over.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html
"""

import time
from collections.abc import Callable

from projections.opensearch import Answer, OpenSearch, OpenSearchUnavailableError
from projections.search_names import ALIAS

_FORBIDDEN = {401, 403}
_PAUSE_SECONDS = 5.0
_KEPT_MILLISECONDS = 60_000
"""Time that is left to what comes after."""


class NotAllowedError(Exception):
    """A store refuses its own roles, or does not answer."""


def once_allowed(
    opensearch: OpenSearch,
    *,
    milliseconds_left: Callable[[], int],
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Return as soon as the store takes a request: an access policy counts some minutes late.

    Raises:
        NotAllowedError: it does not while there is time.
    """
    while True:
        said = _said(opensearch)
        if said is None:
            return
        if milliseconds_left() < _KEPT_MILLISECONDS:
            raise NotAllowedError(f"OpenSearch is not reached with this role: {said}")
        wait(_PAUSE_SECONDS)


def _said(opensearch: OpenSearch) -> str | None:
    """Why a request is not taken; None if it is."""
    try:
        answer: Answer = opensearch.ask("GET", f"/_alias/{ALIAS}")
    except OpenSearchUnavailableError as error:
        return str(error)
    return f"status {answer.status}" if answer.status in _FORBIDDEN else None
