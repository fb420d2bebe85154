"""Which of our own modules a handler needs, read from the sources without running them.

Invariant: what a module imports anywhere, in a function too, is in the closure; what it imports
for type checkers alone is not.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path


def closure(module: str, *, root: Path) -> set[Path]:
    """The files that a module needs, itself and its packages included, relative to `root`.

    Raises:
        FileNotFoundError: there is no such module below `root`.
    """
    start = _file(module, root=root)
    if start is None:
        raise FileNotFoundError(f"no module {module} in {root}")
    files: set[Path] = set()
    pending = {module}
    while pending:
        name = pending.pop()
        file = _file(name, root=root)
        if file is None or file in files:
            continue
        files.add(file)
        pending |= _packages(name) | _imported((root / file).read_text("utf-8"))
    return files


def _file(module: str, *, root: Path) -> Path | None:
    path = Path(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in candidates if (root / file).is_file()), None)


def _packages(module: str) -> set[str]:
    parts = module.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts))}


@cache  # a file is in the closures of many handlers
def _imported(source: str) -> frozenset[str]:
    return frozenset(_imports(ast.parse(source)))


def _imports(node: ast.AST) -> Iterator[str]:
    """Names that may be modules: `from a import b` yields both a and a.b."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        for statement in node.orelse:
            yield from _imports(statement)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _imports(child)
