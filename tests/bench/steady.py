"""What one more request costs a process that has answered some."""

from collections.abc import Callable

from tests.bench.benchmark import Measured
from tests.bench.processes import VALGRIND, Work, instructions, seconds

MEASURE = "instructions" if VALGRIND else "seconds"
FEW = 20


def each(
    work: Callable[[int], Work], address: str, *, more: int, of: int = 1, few: int = FEW
) -> Measured:
    """What each of `more` requests costs behind the first few; of a batch, each of its events."""
    costs = [_cost(work(number), address) for number in (few, few + more)]
    return {MEASURE: (costs[1] - costs[0]) / more / of}


def _cost(work: Work, address: str) -> float:
    """Instructions, or seconds where they cannot be counted: of a difference they are rough."""
    return float(instructions(work, address)) if VALGRIND else seconds(work, address)
