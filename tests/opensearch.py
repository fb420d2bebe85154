"""The real OpenSearch, once for all tests of a process."""

from collections.abc import Iterator

import pytest

from infra.local.opensearch import opensearch as running_opensearch


@pytest.fixture(scope="session")
def opensearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Endpoint of OpenSearch. Tests empty it of what they are about to use."""
    with running_opensearch(logs=tmp_path_factory.mktemp("engine")) as engine:
        yield engine.endpoint
