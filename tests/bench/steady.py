"""What one more request costs a process that has answered some."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.bench.benchmark import Measured
from tests.bench.processes import VALGRIND, Work, instructions, seconds

MEASURE = "instructions" if VALGRIND else "seconds"
AT_ONCE = (os.cpu_count() or 1) if VALGRIND else 1
"""Counts do not mind what runs beside them; seconds do."""

FEW = 20


def each(
    work: Callable[[int], Work], address: str, *, more: int, of: int = 1, few: int = FEW
) -> Measured:
    """What each of `more` requests costs behind the first few; of a batch, each of its events."""
    works = work(few), work(few + more)
    with ThreadPoolExecutor(2 if VALGRIND else 1) as threads:
        costs = list(threads.map(lambda one: _cost(one, address), works))
    return {MEASURE: (costs[1] - costs[0]) / more / of}


def _cost(work: Work, address: str) -> float:
    """Instructions, or seconds where they cannot be counted: of a difference they are rough."""
    return float(instructions(work, address)) if VALGRIND else seconds(work, address)
