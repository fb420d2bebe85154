"""The OpenSearch that the stack's search runs on: one that is started, or one that runs already."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

from infra.local.errors import LocalStackError, PortBusyError
from infra.local.opensearch import opensearch
from infra.local.ports import check_port

_ANSWER_SECONDS = 10.0


_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class RunningSearch:
    """Where OpenSearch answers, and what tells why it does no more."""

    address: str
    failures: tuple[Callable[[], LocalStackError | None], ...] = ()


@contextmanager
def running_search(
    data: Path, *, port: int | None, endpoint: str | None, say: Callable[[str], None]
) -> Iterator[RunningSearch]:
    """The engine at `endpoint`, or else one of its own on `port`, or on a free one without.

    Its own keeps what it has in the folder `data`.

    Raises: LocalStackError, PortBusyError.
    """
    if endpoint is not None:
        yield RunningSearch(_answering(endpoint))
        return
    if port:
        _refuse_busy(port)
    say("Starting OpenSearch")
    with opensearch(logs=data / "logs", data=data / "opensearch", port=port or None) as engine:
        yield RunningSearch(engine.endpoint, (engine.failure,))


def _answering(endpoint: str) -> str:
    """Its scheme, host and port, if it answers."""
    try:
        url = urlsplit(endpoint)
        address = f"{url.scheme}://{url.hostname}:{url.port or _PORTS[url.scheme]}"
        with urllib.request.urlopen(address, timeout=_ANSWER_SECONDS):  # noqa: S310  # either
            return address
    except KeyError:
        reason = "is no http:// or https:// address"
    except HTTPError as answer:
        answer.close()
        reason = f"answers {answer.code}"
    except (OSError, ValueError) as error:
        reason = f"does not answer ({error})"
    raise LocalStackError(
        f"the OpenSearch at {endpoint} {reason}",
        remedy="Start it, or leave --opensearch-endpoint out to have one started.",
    )


def _refuse_busy(port: int) -> None:
    try:
        check_port(port)
    except PortBusyError as error:
        raise PortBusyError(
            port,
            remedy="Stop what listens there, or name another: OPENSEARCH_PORT=."
            " If it is an OpenSearch to be used, name it with --opensearch-endpoint.",
        ) from error
