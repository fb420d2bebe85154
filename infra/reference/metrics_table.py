"""The table of metrics in docs/operate.md.

Invariant: a metric's meaning is what stands under its name in `domain/metrics.py`.
"""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from domain import metrics
from domain.metrics import Metric


class NoMeaningError(Exception):
    """A metric without a text under its name."""


def metrics_table() -> str:
    """A row for each metric."""
    rows = [
        f"| `{metric.name}` | {metric.unit} | {_dimension(metric)}| {meaning} |"
        for metric, meaning in _metrics()
    ]
    head = ["| metric | unit | dimension | meaning |", "|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def _dimension(metric: Metric) -> str:
    return f"`{metric.dimension}` " if metric.dimension else ""


def _metrics() -> Iterator[tuple[Metric, str]]:
    source = ast.parse(Path(metrics.__file__).read_text("utf-8"))
    for statement, after in pairwise(source.body):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            metric = getattr(metrics, statement.targets[0].id)
            if isinstance(metric, Metric):
                yield metric, _text(after)


def _text(statement: ast.stmt) -> str:
    """The text under an assignment.

    Raises:
        NoMeaningError: there is none.
    """
    match statement:
        case ast.Expr(ast.Constant(str(text))):
            return " ".join(text.split()).removesuffix(".")
    raise NoMeaningError(f"domain/metrics.py, line {statement.lineno}: no meaning stands above it")
