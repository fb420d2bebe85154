"""The real DynamoDB engine, once for all tests of a process, in memory."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from infra.local.engines import dynamodb_local as running_dynamodb_local

# An example takes as long as a machine that does other things lets it take.
settings.register_profile("any-machine", settings.default, deadline=None)
settings.load_profile("any-machine")

pytest_plugins = ["tests.buckets", "tests.opensearch", "tests.tables"]


@pytest.fixture(scope="session")
def dynamodb_local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Endpoint of DynamoDB Local. Tests make tables under names of their own."""
    with running_dynamodb_local(logs=tmp_path_factory.mktemp("engine")) as engine:
        yield engine.endpoint


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no process is left with them when the others are done."""
    items.sort(key=lambda item: item.path.parent.name not in {"soak", "stack"})
