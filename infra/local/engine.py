"""An engine that runs on this machine, and what it said if it runs no more."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.local.errors import LocalStackError
from infra.local.supervise import Supervised

_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Engine:
    """Where an engine answers, its log, and its process."""

    name: str
    endpoint: str
    log: Path
    process: Supervised
    log_start: int
    """Where in the log this run begins."""

    def failure(self, *, within: float = 0) -> LocalStackError | None:
        """Why the engine is no longer there, waited for `within` seconds; None while it runs."""
        code = self.process.exit_code(within=within)
        if code is None:
            return None
        lines = self.log.read_bytes()[self.log_start :].decode(errors="replace").splitlines()
        said = f": {' | '.join(lines[-3:])}" if lines else ""
        return LocalStackError(
            f"{self.name} ended with exit code {code}{said}", remedy=f"Its log is {self.log}."
        )

    def await_answer(self, answers: Callable[[str], bool], *, seconds: float) -> None:
        """Wait until `answers` is true of the endpoint.

        Raises: LocalStackError when the engine ends, or does not answer within `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not answers(self.endpoint):
            if failure := self.failure(within=_POLL_SECONDS):
                raise failure
            if time.monotonic() > deadline:
                raise LocalStackError(
                    f"{self.name} did not answer within {seconds:.0f} s",
                    remedy=f"Its log is {self.log}.",
                )
