"""The whole stack, run as its user runs it: the command, on the real engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.local_stack import LocalStack, started


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """One stack for all tests that do not stop it."""
    with started(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder for a test that starts its own stack."""
    return tmp_path / "data"
