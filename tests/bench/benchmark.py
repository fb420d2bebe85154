"""A benchmark: subjects that are measured in turn, and budgets on what came of it.

Invariant: subjects are interleaved (A B A B), so that what the machine does meanwhile meets all.
"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

Measured = Mapping[str, float]
"""What is measured, such as `instructions` → how much of it there was."""

Subject = Callable[[], Measured]
"""Measures once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """At most `must`, or better `aim`, of a subject's measure, or of its ratio to another's."""

    subject: str
    against: str | None = None
    measure: str
    must: float
    aim: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """`subjects` takes a seed and gives, for as long as it is entered, what is to be measured."""

    name: str
    about: str
    leaves_out: str
    subjects: Callable[[int], AbstractContextManager[Mapping[str, Subject]]]
    budgets: Sequence[Budget]
    rounds: int = 1
    at_once: int = 1
    """Subjects that are measured at a time: more than one where only counts are taken."""

    in_check: bool = True
    """Whether a check of all has time for it; by its name it is checked in any case."""


@dataclass(frozen=True, slots=True)
class Result:
    """All samples of one measure of one subject, in the order in which they were taken."""

    subject: str
    measure: str
    samples: Sequence[float]

    @property
    def median(self) -> float:
        """The middle sample."""
        return statistics.median(self.samples)

    @property
    def spread(self) -> float:
        """From the lowest to the highest sample, as a share of the median."""
        return (max(self.samples) - min(self.samples)) / self.median if self.median else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a budget's value came to."""

    budget: Budget
    value: float

    @property
    def kept(self) -> bool:
        """Whether it is what it must be."""
        return self.value <= self.budget.must

    @property
    def aimed(self) -> bool:
        """Whether it is what it is meant to be."""
        return self.value <= self.budget.aim


def measure(benchmark: Benchmark, *, seed: int, budgets_alone: bool = False) -> list[Result]:
    """Every subject once a round; for the budgets alone, those that they name, in one round."""
    named = {name for b in benchmark.budgets for name in (b.subject, b.against)}
    samples: dict[tuple[str, str], list[float]] = defaultdict(list)
    with benchmark.subjects(seed) as subjects, ThreadPoolExecutor(benchmark.at_once) as threads:
        chosen = [name for name in subjects if name in named or not budgets_alone]
        for _ in range(1 if budgets_alone else benchmark.rounds):
            measured = threads.map(lambda name: subjects[name](), chosen)
            for name, one in zip(chosen, measured, strict=True):
                for what, amount in one.items():
                    samples[name, what].append(amount)
    return [Result(subject, what, taken) for (subject, what), taken in samples.items()]


def judge(benchmark: Benchmark, results: Sequence[Result]) -> list[Verdict]:
    """Each budget whose measure was taken; instructions are not where there is no Valgrind."""
    medians = {(result.subject, result.measure): result.median for result in results}

    def value(budget: Budget) -> float:
        of = medians[budget.subject, budget.measure]
        return of if budget.against is None else of / medians[budget.against, budget.measure]

    measured = [b for b in benchmark.budgets if (b.subject, b.measure) in medians]
    return [Verdict(budget, value(budget)) for budget in measured]
