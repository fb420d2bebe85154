"""All that is imported into OpenSearch Dashboards."""

from collections.abc import Iterable

from infra.dashboards.index_pattern import index_pattern
from infra.dashboards.overview import overview
from infra.dashboards.pattern_fields import Field
from infra.dashboards.saved_object import SavedObject
from infra.dashboards.saved_searches import SEARCHES


def content(fields: Iterable[Field], *, api: str) -> list[SavedObject]:
    """The objects, each after those that it refers to.

    `fields` are those of the index pattern; `api` is the API's address without a slash at its end.
    """
    return [index_pattern(fields, api=api), *SEARCHES, *overview(api)]
