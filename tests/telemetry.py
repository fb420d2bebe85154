"""What a function tells of itself, kept for tests to look at: real lines, and measurements."""

import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from domain.metrics import Measured
from domain.telemetry import Telemetry, telemetry

_names = count()


@dataclass(frozen=True)
class Invoked:
    """Lambda's context object, for functions that do not ask for the time."""

    aws_request_id: str = "5b8c4a52-invocation"


CONTEXT = Invoked()


@dataclass
class Told:
    """A function's telemetry. Loggers are one per name and process, so each gets a new name."""

    level: str = "DEBUG"
    emitted: list[Measured] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stream = io.StringIO()
        name = f"test-{next(_names)}"
        real = telemetry(name, level=self.level, namespace="test", stream=self._stream)
        self.telemetry = Telemetry(real.logger, self.emitted.append)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of the log, in order."""
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    def text(self) -> str:
        """The log as it is written."""
        return self._stream.getvalue()

    def at(self, *levels: str) -> list[dict[str, Any]]:
        """The lines of these levels."""
        return [line for line in self.lines if line["level"] in levels]

    def undocumented(self) -> set[str]:
        """Fields of the lines that docs/operate.md does not name."""
        operate = Path(__file__).parents[1] / "docs" / "operate.md"
        table = operate.read_text().partition("\n## Log lines\n")[2].partition("\n## ")[0]
        return {name for line in self.lines for name in line} - set(re.findall(r"`(\w+)`", table))

    def sums(self) -> dict[tuple[str, str | None], int]:
        """What all invocations together have measured, by metric and its dimension's value."""
        total: Counter[tuple[str, str | None]] = Counter()
        for measured in self.emitted:
            total.update({(metric.name, of): number for (metric, of), number in measured.items()})
        return dict(total)
