"""Results and verdicts as text."""

from collections.abc import Sequence

from tests.bench.benchmark import Benchmark, Result, Verdict

_UNITS = {
    "instructions": (1e6, "M instructions"),
    "seconds": (1e-3, "ms of CPU"),
    "seconds to the first answer": (1e-3, "ms of CPU to the first answer"),
    "seconds with the engine": (1e-3, "ms with the engine"),
}


def text(benchmark: Benchmark, results: Sequence[Result], verdicts: Sequence[Verdict]) -> str:
    """One benchmark: what it is, its medians and spreads, its budgets."""
    lines = [f"{benchmark.name}: {benchmark.about}", f"  leaves out: {benchmark.leaves_out}"]
    lines += [f"  {_result(result)}" for result in results]
    lines += [f"  {_verdict(verdict)}" for verdict in verdicts]
    return "\n".join(lines) + "\n"


def scaled(measure: str, amount: float) -> tuple[float, str]:
    """An amount in a unit that suits people, and that unit."""
    scale, unit = _UNITS.get(measure, (1, measure))
    return amount / scale, unit


def _result(result: Result) -> str:
    amount, unit = scaled(result.measure, result.median)
    spread = f"±{result.spread / 2:.1%}" if len(result.samples) > 1 else ""
    return f"{result.subject:<44}{amount:>12,.2f} {unit:<28}{spread:>8}".rstrip()


def _verdict(verdict: Verdict) -> str:
    budget = verdict.budget
    of = f"{budget.subject} / {budget.against}" if budget.against else budget.subject
    grade = "aim kept" if verdict.aimed else "must kept" if verdict.kept else "BROKEN"
    bounds = f"must {budget.must:g}, aim {budget.aim:g}"
    return f"{of} [{budget.measure}]: {verdict.value:.2f} ({bounds}): {grade}"
