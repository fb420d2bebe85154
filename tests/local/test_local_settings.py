"""Which engine `--search` and `--no-search` lead to."""

import pytest

from infra.context import Context
from infra.local.local_settings import local_settings

SERVERLESS = {"search.engine": "serverless"}
CHOICES: list[tuple[bool | None, Context, str | None]] = [
    (None, {}, None),
    (True, {}, "domain"),
    (False, {}, None),
    (None, SERVERLESS, "serverless"),
    (True, SERVERLESS, "serverless"),
    (False, SERVERLESS, None),
    (True, {"search": {"engine": "serverless"}}, "serverless"),
    (False, {"search": {"engine": "serverless"}}, None),
]


@pytest.mark.parametrize(("search", "context", "expected"), CHOICES)
def test_search_is_a_domain_unless_another_engine_is_named(
    search: bool | None, context: Context, expected: str | None
) -> None:
    settings = local_settings("dev", search=search, context={"type_shards": 8, **context})
    engine = settings.search.engine if settings.search else None
    assert (engine, settings.type_shards) == (expected, 8)
