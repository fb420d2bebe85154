"""What a soak says at its end: one table, or one JSON object."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.soak.checker import Finding

_SHOWN = 20


@dataclass(frozen=True)
class Report:
    """The figures of one soak; `seconds` from its start to the end of the last check."""

    seed: int
    seconds: float
    events: int
    acknowledged: int
    duplicates: int
    conflicts: int
    retries: int
    appended: int
    projected: int
    parked: int
    both: int
    redriven: int
    still_parked: int
    faults: dict[str, int]
    findings: list[Finding]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    @property
    def fault_count(self) -> int:
        """All faults together."""
        return sum(self.faults.values())

    def counted(self) -> dict[str, int]:
        """The findings by kind; a kind without any is 0."""
        kinds = Counter(finding.kind for finding in self.findings)
        return {kind: kinds[kind] for kind in ("lost", "duplicated", "unexplained")}

    def as_json(self) -> dict[str, Any]:
        """All of it as one JSON object."""
        return asdict(self) | self.counted() | {"passed": self.passed}

    def print(self) -> None:
        """The table, and the first findings."""
        console = Console()
        table = Table("", "count", title=f"Soak, seed {self.seed}: {self.seconds:.0f} s", box=None)
        table.columns[1].justify = "right"
        for name, value in self._rows():
            table.add_row(name, f"{value:,}")
        console.print(table)
        for finding in self.findings[:_SHOWN]:
            console.print(f"{finding.kind}: {finding.what}", markup=False, style="red")
        console.print("passed" if self.passed else "FAILED", style="bold")

    def _rows(self) -> list[tuple[str, int]]:
        return [
            ("events sent", self.events),
            ("acknowledged", self.acknowledged),
            ("duplicates answered", self.duplicates),
            ("conflicts refused", self.conflicts),
            ("requests sent again", self.retries),
            ("in the log", self.appended),
            ("projected by the projector", self.projected),
            ("parked before the redrive", self.parked),
            ("of them projected too, when they came again", self.both),
            ("redriven", self.redriven),
            ("parked at last (unreadable)", self.still_parked),
            *((f"fault: {kind}", count) for kind, count in sorted(self.faults.items())),
            ("faults together", self.fault_count),
            *self.counted().items(),
        ]
